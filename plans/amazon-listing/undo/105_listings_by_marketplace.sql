drop index concurrently if exists listings_by_marketplace;
