insert into customers
select n, 'Person ' || md5(n::text), 'Town ' || n % 1000, case when n % 2 = 0 then 'p' || n || '@example.com' end
from generate_series(1::bigint, ROWS) as n;
insert into people
select id + 1000000000, upper(name) || '.', upper(town), upper(email)
from customers
where id % 1000 > 0;
insert into orders
select n, 1 + (n * 7919) % ROWS, null, 'order ' || n
from generate_series(1::bigint, ROWS) as n;
analyze customers;
analyze people;
analyze orders;
