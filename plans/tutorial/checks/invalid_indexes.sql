select c.relname
from pg_index i
join pg_class c on c.oid = i.indexrelid
where c.relname = 'orders_by_customer'
  and not i.indisvalid;
