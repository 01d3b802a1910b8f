-- The application's tables as they were before the migration.
create table listings (
  id bigint primary key,
  sku text not null unique,
  title text not null,
  price numeric(12, 2) not null,
  quantity integer not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table settings (
  key text primary key,
  value text not null,
  updated_at timestamptz not null default now()
);
