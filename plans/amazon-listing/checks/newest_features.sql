select *
from feature_store
where entity_type = 'LISTING' and entity_id = 1
order by computed_at desc
limit 1
