-- Bills of materials for a fifth of the listings: version 1 switched off, version 2 active.
insert into suppliers (name, created_at)
select 'Supplier ' || n, timestamptz '2025-06-01 00:00:00+00'
from generate_series(1, 40) as n;

insert into components (supplier_id, sku, name, unit_cost_ex_vat, created_at)
select s.id, 'CMP-' || n, 'Component ' || n, round(0.15 + (n * 37) % 900 / 100.0, 4), timestamptz '2025-06-01 00:00:00+00'
from generate_series(1, 400) as n
join suppliers s on s.name = 'Supplier ' || (1 + n % 40);

insert into boms (listing_id, scope_type, version, is_active, effective_from, created_at)
select l.id, 'LISTING', version, version = 2, timestamptz '2025-06-01 00:00:00+00', timestamptz '2025-06-01 00:00:00+00'
from listings l
cross join generate_series(1, 2) as version
where l.id % 5 = 0;

insert into bom_lines (bom_id, component_id, quantity)
select b.id, c.id, 1 + line
from boms b
cross join generate_series(0, 1) as line
join components c on c.sku = 'CMP-' || (1 + (b.listing_id * 7 + line * 13) % 400);

analyze suppliers, components, boms, bom_lines;
