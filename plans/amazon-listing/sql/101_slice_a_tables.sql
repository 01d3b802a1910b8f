create type bom_scope_type as enum ('LISTING', 'ASIN_SCENARIO');

create table marketplaces (
  id bigint generated always as identity primary key,
  code text not null unique,
  name text not null,
  currency text not null,
  vat_rate numeric(5, 4) not null
);

create table suppliers (
  id bigint generated always as identity primary key,
  name text not null unique,
  created_at timestamptz not null default now()
);

create table components (
  id bigint generated always as identity primary key,
  supplier_id bigint references suppliers (id),
  sku text not null unique,
  name text not null,
  unit_cost_ex_vat numeric(12, 4) not null check (unit_cost_ex_vat >= 0),
  created_at timestamptz not null default now()
);

create table boms (
  id bigint generated always as identity primary key,
  listing_id bigint references listings (id) on delete cascade,
  -- Refers to asin_entities, which slice C makes; the foreign key comes with it.
  asin_entity_id bigint,
  scope_type bom_scope_type not null,
  version integer not null,
  is_active boolean not null default false,
  effective_from timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint boms_version_unique unique (listing_id, version)
);

-- At most one active bill of materials a listing: older versions stay, switched off.
create unique index boms_listing_active_unique on boms (listing_id)
  where is_active = true and scope_type = 'LISTING';

create table bom_lines (
  id bigint generated always as identity primary key,
  bom_id bigint not null references boms (id) on delete cascade,
  component_id bigint not null references components (id),
  quantity numeric(12, 4) not null check (quantity > 0),
  constraint bom_lines_component_once unique (bom_id, component_id)
);

create table listing_cost_overrides (
  id bigint generated always as identity primary key,
  listing_id bigint not null unique references listings (id) on delete cascade,
  cost_ex_vat numeric(12, 4) not null check (cost_ex_vat >= 0),
  reason text not null,
  created_at timestamptz not null default now()
);
