update source
set amount = amount + 1
where id in (select (n * (select max(id) from source)) / 6 from generate_series(1, 5) as n);
