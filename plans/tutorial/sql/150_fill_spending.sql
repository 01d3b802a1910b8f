update customers c
set spent_cents = spent.cents
from (
  select o.customer_id, sum(t.amount_cents) as cents
  from orders o
  join order_totals t on t.order_id = o.id
  group by o.customer_id
) spent
where spent.customer_id = c.id
  and c.spent_cents is distinct from spent.cents;
