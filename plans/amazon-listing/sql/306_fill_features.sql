insert into feature_store (entity_type, entity_id, feature_version, features_json, computed_at, created_at)
select
  'LISTING', l.id, version,
  jsonb_build_object('bom_cost_ex_vat', coalesce(cost.ex_vat, 0), 'margin', greatest(-1, round(1 - coalesce(cost.ex_vat, 0) * 1.2 / l.price_inc_vat, 4))),
  timestamptz '2025-09-01 00:00:00+00' + version * interval '1 day', timestamptz '2025-09-03 00:00:00+00'
from listings l
cross join generate_series(1, 2) as version
left join lateral (
  select sum(c.unit_cost_ex_vat * bl.quantity) as ex_vat
  from boms b
  join bom_lines bl on bl.bom_id = b.id
  join components c on c.id = bl.component_id
  where b.listing_id = l.id and b.is_active
) cost on true
where {range l}
