insert into boms (asin_entity_id, scope_type, version, is_active)
select asin_entity_id, 'ASIN_SCENARIO', 2, true
from boms
where scope_type = 'ASIN_SCENARIO' and is_active
limit 1;
