drop table if exists accommodation_units_manual_chunks;
drop table if exists accommodation_units;
drop table if exists accommodation_units_manual;
drop table if exists accommodation_units_public;
