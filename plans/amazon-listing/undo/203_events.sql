delete from listing_events where created_by = 'migration';
