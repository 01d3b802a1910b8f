alter table jobs validate constraint jobs_asin_entity_fk;
