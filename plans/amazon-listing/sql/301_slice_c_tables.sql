create type feature_entity_type as enum ('LISTING', 'ASIN');

create table asin_entities (
  id bigint generated always as identity primary key,
  asin text not null,
  marketplace_id bigint not null references marketplaces (id),
  title text,
  created_at timestamptz not null default now(),
  constraint asin_entities_once unique (asin, marketplace_id)
);

create table keepa_snapshots (
  id bigint generated always as identity primary key,
  asin_entity_id bigint not null references asin_entities (id) on delete cascade,
  sales_rank integer,
  price numeric(12, 2),
  captured_at timestamptz not null default now()
);

create index keepa_snapshots_by_asin on keepa_snapshots (asin_entity_id, captured_at desc);

create table amazon_catalog_snapshots (
  id bigint generated always as identity primary key,
  asin_entity_id bigint not null references asin_entities (id) on delete cascade,
  catalog_json jsonb not null,
  captured_at timestamptz not null default now()
);

create index amazon_catalog_snapshots_by_asin on amazon_catalog_snapshots (asin_entity_id, captured_at desc);

create table listing_sales_daily (
  listing_id bigint not null references listings (id) on delete cascade,
  day date not null,
  units integer not null check (units >= 0),
  revenue_inc_vat numeric(14, 2) not null check (revenue_inc_vat >= 0),
  primary key (listing_id, day)
);

create table feature_store (
  id bigint generated always as identity primary key,
  entity_type feature_entity_type not null,
  entity_id bigint not null,
  feature_version integer not null,
  features_json jsonb not null,
  computed_at timestamptz not null default now(),
  created_at timestamptz not null default now()
);

create index idx_feature_store_computed on feature_store (entity_type, entity_id, computed_at desc);
