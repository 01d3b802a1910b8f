create index concurrently jobs_by_asin on jobs (asin_entity_id) where asin_entity_id is not null;
