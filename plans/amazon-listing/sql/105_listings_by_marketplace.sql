create index concurrently listings_by_marketplace on listings (marketplace_id);
