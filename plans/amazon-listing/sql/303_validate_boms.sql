alter table boms validate constraint boms_asin_entity_fk;
