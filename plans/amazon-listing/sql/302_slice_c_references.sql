alter table listings
  add column asin text;

alter table boms
  add constraint boms_asin_entity_fk foreign key (asin_entity_id) references asin_entities (id) on delete cascade not valid;

-- What slice B could not state yet.
alter table jobs
  add constraint jobs_asin_entity_fk foreign key (asin_entity_id) references asin_entities (id) on delete cascade not valid;
