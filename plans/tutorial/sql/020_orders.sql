-- Made by arithmetic, ids too, so that every run of the tutorial sees the same shop: a sequence would go on counting
-- after a transaction that was rolled back.
insert into customers (id, name)
select n, 'Customer ' || n
from generate_series(1, 5000) as n;

insert into orders (id, customer_id, placed_at)
select n, 1 + (n * 7919) % 5000, timestamptz '2025-01-01 00:00:00+00' + n * interval '2 minutes'
from generate_series(1, 200000) as n;

insert into order_lines (order_id, line, quantity, unit_cents)
select n, line, 1 + (n + line) % 5, 199 + (n * 31 + line * 17) % 9800
from generate_series(1, 200000) as n
cross join generate_series(1, 2) as line;

analyze customers, orders, order_lines;
