select count(*)
from pg_constraint
where contype = 'f'
  and convalidated
  and conrelid::regclass::text in ('boms', 'jobs', 'recommendations')
