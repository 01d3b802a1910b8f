insert into asin_entities (asin, marketplace_id, title, created_at)
select 'B' || lpad(l.id::text, 9, '0'), l.marketplace_id, l.title, timestamptz '2025-09-01 00:00:00+00'
from listings l
where l.id % 4 = 0;

update listings
set asin = 'B' || lpad(id::text, 9, '0')
where id % 4 = 0;

-- Scenarios for two hundred products that are not sold yet.
insert into boms (asin_entity_id, scope_type, version, is_active, effective_from, created_at)
select a.id, 'ASIN_SCENARIO', 1, true, timestamptz '2025-09-01 00:00:00+00', timestamptz '2025-09-01 00:00:00+00'
from asin_entities a
order by a.asin
limit 200;

insert into keepa_snapshots (asin_entity_id, sales_rank, price, captured_at)
select a.id, 100 + (a.id * 97) % 90000, 9.99 + a.id % 50, timestamptz '2025-09-01 00:00:00+00'
from asin_entities a;

insert into listing_sales_daily (listing_id, day, units, revenue_inc_vat)
select l.id, date '2025-08-01' + day, (l.id + day) % 4, ((l.id + day) % 4) * l.price_inc_vat
from listings l
cross join generate_series(0, 6) as day
where l.id % 10 = 0;

analyze asin_entities, keepa_snapshots, listing_sales_daily, feature_store, boms, listings;
