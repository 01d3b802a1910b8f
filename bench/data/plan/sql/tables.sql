create table source (
  id bigint primary key,
  owner uuid not null,
  amount numeric(12, 2) not null,
  name text not null,
  at timestamptz not null,
  flag boolean not null,
  note text,
  rank int not null
);
create index source_by_owner on source (owner);

create table filled (
  id bigint primary key,
  owner uuid not null,
  amount numeric(12, 2) not null,
  name text not null,
  at timestamptz not null,
  flag boolean not null,
  note text,
  rank int not null
);

create table filled_in_one_lane (
  id bigint primary key,
  owner uuid not null,
  amount numeric(12, 2) not null,
  name text not null,
  at timestamptz not null,
  flag boolean not null,
  note text,
  rank int not null
);

create table amended (
  id bigint primary key,
  owner uuid not null,
  amount numeric(12, 2) not null,
  name text not null,
  at timestamptz not null,
  flag boolean not null,
  note text,
  rank int not null
);
