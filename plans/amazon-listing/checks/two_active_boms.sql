select listing_id, count(*) as active
from boms
where is_active = true and scope_type = 'LISTING'
group by listing_id
having count(*) > 1
