drop table if exists settings;
drop table if exists listings;
