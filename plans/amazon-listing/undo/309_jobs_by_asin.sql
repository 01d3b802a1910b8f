drop index concurrently if exists jobs_by_asin;
