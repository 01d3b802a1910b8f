create table order_totals (
  order_id bigint primary key references orders (id),
  lines integer not null,
  amount_cents bigint not null
);
