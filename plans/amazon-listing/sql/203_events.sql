-- Every listing's story begins with its creation; the chunk decides how many are told at once.
insert into listing_events (listing_id, event_type, after_json, created_by, created_at)
select l.id, 'LISTING_CREATED', jsonb_build_object('price_inc_vat', l.price_inc_vat, 'quantity', l.available_quantity), 'migration', l.created_at
from listings l
where {range l}
