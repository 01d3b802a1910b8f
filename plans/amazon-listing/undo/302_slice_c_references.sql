alter table jobs drop constraint if exists jobs_asin_entity_fk;
alter table boms drop constraint if exists boms_asin_entity_fk;
alter table listings drop column if exists asin;
