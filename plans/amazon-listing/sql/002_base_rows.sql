-- Made by arithmetic, so that every run sees the same shop.
insert into listings (id, sku, title, price, quantity, created_at, updated_at)
select
  n,
  'SKU-' || lpad(n::text, 6, '0'),
  'Article ' || n,
  round((4.99 + (n * 7919) % 20000 / 100.0)::numeric, 2),
  (n * 31) % 500,
  timestamptz '2024-01-01 00:00:00+00' + n * interval '9 minutes',
  timestamptz '2025-01-01 00:00:00+00' + n * interval '5 minutes'
from generate_series(1, 50000) as n;

insert into settings (key, value, updated_at)
values
  ('currency', 'GBP', timestamptz '2024-01-01 00:00:00+00'),
  ('sync.interval_minutes', '30', timestamptz '2024-01-01 00:00:00+00');

analyze listings, settings;
