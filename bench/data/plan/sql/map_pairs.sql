with here as materialized (
  select id, nullif(regexp_replace(lower(email), '^\s+|\s+$', '', 'g'), '') as email,
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(lower(name), '[''’`.]+', '', 'g'), '[[:punct:]]+', ' ', 'g'), '\s+', ' ', 'g'), '^\s+|\s+$', '', 'g') || E'\x1f'
      || regexp_replace(regexp_replace(regexp_replace(regexp_replace(lower(town), '[''’`.]+', '', 'g'), '[[:punct:]]+', ' ', 'g'), '\s+', ' ', 'g'), '^\s+|\s+$', '', 'g') as name_town
  from customers),
there as materialized (
  select id, nullif(regexp_replace(lower(email), '^\s+|\s+$', '', 'g'), '') as email,
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(lower(name), '[''’`.]+', '', 'g'), '[[:punct:]]+', ' ', 'g'), '\s+', ' ', 'g'), '^\s+|\s+$', '', 'g') || E'\x1f'
      || regexp_replace(regexp_replace(regexp_replace(regexp_replace(lower(town), '[''’`.]+', '', 'g'), '[[:punct:]]+', ' ', 'g'), '\s+', ' ', 'g'), '^\s+|\s+$', '', 'g') as name_town
  from people)
insert into raw_bridge (source_key, target_key, matched_by)
select distinct on (found.source_key) found.source_key, found.target_key, found.matched_by
from (
  select here.id as source_key, there.id as target_key, 1 as place, 'email' as matched_by from here join there on there.email = here.email
  union all
  select here.id, there.id, 2, 'name-town' from here join there on there.name_town = here.name_town) as found
order by found.source_key, found.place
