drop table if exists source;
