drop index concurrently if exists boms_asin_active_unique;
