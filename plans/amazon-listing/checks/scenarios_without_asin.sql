select id, version
from boms
where scope_type = 'ASIN_SCENARIO' and is_active and asin_entity_id is null
