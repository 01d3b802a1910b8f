select conname, conrelid::regclass as table_name
from pg_constraint
where contype = 'f' and connamespace = 'public'::regnamespace and not convalidated
