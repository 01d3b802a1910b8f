create unique index concurrently boms_asin_active_unique on boms (asin_entity_id)
  where is_active = true and scope_type = 'ASIN_SCENARIO' and asin_entity_id is not null;
