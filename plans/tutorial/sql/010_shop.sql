create table customers (
  id bigint primary key,
  name text not null
);

create table orders (
  id bigint primary key,
  customer_id bigint not null references customers (id),
  placed_at timestamptz not null
);

create table order_lines (
  order_id bigint not null references orders (id),
  line integer not null,
  quantity integer not null check (quantity > 0),
  unit_cents bigint not null check (unit_cents >= 0),
  primary key (order_id, line)
);
