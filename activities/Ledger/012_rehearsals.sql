-- What a rehearsal measures, in the clone that it rehearses on; and what came of it, in the ledger.

create table orchestrator.fingerprints (
  label text not null,
  kind text not null check (kind in ('schema', 'data')),
  name text not null,
  value text not null,
  primary key (label, kind, name)
);

create table orchestrator.ddl_traces (
  plan text not null,
  batch text not null,
  step text not null,
  round integer not null,
  direction text not null check (direction in ('do', 'undo')),
  path text not null,
  relation text not null,
  -- The strongest mode that was really held, by its rank in the manual.
  lock_level integer not null check (lock_level between 1 and 8),
  held interval not null check (held >= interval '0'),
  rewritten boolean not null,
  rows_read bigint not null check (rows_read >= 0),
  primary key (plan, batch, step, round, direction, path, relation)
);

create table orchestrator.rehearsals (
  run_id uuid primary key references orchestrator.runs (id),
  plan_digest text not null references orchestrator.plans (digest),
  environment text not null check (environment <> ''),
  verdict text not null check (verdict in ('pass', 'fail')),
  report text not null,
  finished_at timestamptz not null default clock_timestamp()
);

create trigger append_only before update or delete or truncate on orchestrator.rehearsals
  for each statement execute function orchestrator.refuse_change();
