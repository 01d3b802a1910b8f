create index concurrently boms_by_asin on boms (asin_entity_id) where asin_entity_id is not null;
