create table temporal.schedule (
  namespace_id uuid not null,
  schedule_id text not null,
  state bytea not null,
  created_at timestamptz not null,
  -- Name to plain value, as queries compare them.
  attributes jsonb not null,
  primary key (namespace_id, schedule_id)
);

create index schedule_newest on temporal.schedule (namespace_id, created_at desc, schedule_id collate "C");
