select (select coalesce(sum(quantity * unit_cents), 0) from order_lines)
  - (select coalesce(sum(amount_cents), 0) from order_totals);
