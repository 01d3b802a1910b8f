-- Catalog: what can be booked. Foreign keys come in 07_foreign_keys.sql, when every table is there.

create table accommodation_units_public (
  id uuid primary key,
  tenant_id uuid not null,
  name text not null,
  price numeric(12, 2) not null,
  embedding real[] not null,
  metadata jsonb not null default '{}'
);

create table accommodation_units (
  id uuid primary key,
  tenant_id uuid not null,
  hotel_id uuid not null,
  name text not null,
  capacity int not null,
  amenities text[] not null
);

create table accommodation_units_manual (
  id uuid primary key,
  unit_id uuid not null,
  description text not null,
  created_at timestamptz not null
);

create table accommodation_units_manual_chunks (
  id uuid primary key,
  tenant_id uuid not null,
  accommodation_unit_id uuid not null,
  manual_id uuid not null,
  chunk int not null,
  content text not null,
  embedding real[] not null
);
