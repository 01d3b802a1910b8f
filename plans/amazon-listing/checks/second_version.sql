insert into boms (listing_id, scope_type, version, is_active) values (1, 'LISTING', 1, false);
insert into boms (listing_id, scope_type, version, is_active) values (1, 'LISTING', 1, false);
