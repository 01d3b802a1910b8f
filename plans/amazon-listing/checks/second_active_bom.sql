-- The first active version of a listing must go in, the second must not.
insert into boms (listing_id, scope_type, version, is_active) values (1, 'LISTING', 1, true);
insert into boms (listing_id, scope_type, version, is_active) values (1, 'LISTING', 2, true);
