insert into source
select n, md5(n::text)::uuid, n % 10000 / 100.0, 'name ' || n, timestamptz '2025-01-01' + n * interval '1 second', n % 2 = 0, nullif('note ' || n % 7, 'note 0'), n
from generate_series(1::bigint, ROWS) as n;
insert into amended select * from source;
analyze source;
analyze amended;
