insert into order_totals (order_id, lines, amount_cents)
select o.id, count(*), sum(l.quantity * l.unit_cents)
from orders o
join order_lines l on l.order_id = o.id
where {range o}
group by o.id;
