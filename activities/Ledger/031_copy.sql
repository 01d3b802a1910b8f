-- What a copy took away from its target for as long as rows come in, and the statement that puts each back.
create table orchestrator.deferred (
  plan text not null,
  batch text not null,
  step text not null,
  round integer not null,
  ordinal integer not null check (ordinal >= 1),
  kind text not null check (kind in ('trigger', 'foreign_key', 'index', 'key')),
  subject text not null,
  name text not null,
  restore text not null,
  -- For a foreign key: checks all rows at once, when it is back.
  validate text,
  state text not null default 'dropped' check (state in ('dropped', 'restored', 'validated')),
  changed_at timestamptz not null default clock_timestamp(),
  primary key (plan, batch, step, round, ordinal),
  foreign key (plan, batch, step) references orchestrator.steps (plan, batch, step)
);

-- The moments of the source that ranges were read at: one, unless whoever held it was killed.
create table orchestrator.snapshots (
  plan text not null,
  batch text not null,
  step text not null,
  round integer not null,
  ordinal integer not null check (ordinal >= 1),
  snapshot text not null,
  exported_at timestamptz not null default clock_timestamp(),
  primary key (plan, batch, step, round, ordinal),
  foreign key (plan, batch, step) references orchestrator.steps (plan, batch, step)
);
