create table temporal.owner (
  only_row boolean primary key default true check (only_row),
  -- Counts the services that have owned this database, so that one that lost its connection learns of a successor.
  epoch bigint not null default 0
);

insert into temporal.owner default values;

create table temporal.namespace (
  namespace_id uuid primary key,
  name text not null unique,
  description bytea not null
);

create table temporal.run (
  run_id uuid primary key,
  namespace_id uuid not null,
  workflow_id text not null,
  state bytea not null,
  is_open boolean not null,
  has_outbox boolean not null
);

create unique index run_one_open_per_workflow on temporal.run (namespace_id, workflow_id) where is_open;

create index run_unfinished on temporal.run (run_id) where is_open or has_outbox;

create table temporal.current_run (
  namespace_id uuid not null,
  workflow_id text not null,
  run_id uuid not null,
  primary key (namespace_id, workflow_id)
);

create table temporal.history_batch (
  run_id uuid not null,
  first_event_id bigint not null,
  events bytea not null,
  primary key (run_id, first_event_id)
);

create table temporal.visibility (
  run_id uuid primary key,
  namespace_id uuid not null,
  workflow_id text not null,
  workflow_type text not null,
  task_queue text not null,
  status smallint not null,
  start_time timestamptz not null,
  execution_time timestamptz not null,
  close_time timestamptz,
  history_length bigint not null,
  history_size_bytes bigint not null,
  state_transitions bigint not null,
  parent_workflow_id text,
  parent_run_id text,
  root_workflow_id text not null,
  root_run_id text not null,
  memo bytea not null,
  search_attributes bytea not null,
  -- Name to plain value, as queries compare them.
  attributes jsonb not null
);

create index visibility_newest on temporal.visibility (namespace_id, close_time desc nulls first, start_time desc, run_id);
