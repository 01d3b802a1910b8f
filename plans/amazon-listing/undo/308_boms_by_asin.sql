drop index concurrently if exists boms_by_asin;
