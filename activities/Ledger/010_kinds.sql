-- What the further kinds of steps and checks need to remember.

alter table orchestrator.steps drop constraint steps_kind_check;
alter table orchestrator.steps add constraint steps_kind_check
  check (kind in ('ddl', 'sql', 'backfill', 'copy', 'seed', 'flag', 'smoke'));

-- The rows that a check found wrong, as JSON objects: the first ones, for the report.
alter table orchestrator.checks add column exceptions jsonb not null default '[]' check (jsonb_typeof(exceptions) = 'array');

create index checks_by_batch on orchestrator.checks (run_id, batch, moment, check_id, id desc);

create table orchestrator.flags (
  name text primary key check (name ~ '^[A-Za-z][A-Za-z0-9._-]{0,99}$'),
  value text not null check (value ~ '^(off|on|([1-9]?[0-9]|100)%)$'),
  changed_at timestamptz not null default clock_timestamp(),
  changed_by uuid not null references orchestrator.runs (id)
);

-- What each step found when it set its flag: the value that its undo puts back.
create table orchestrator.flag_changes (
  plan text not null,
  batch text not null,
  step text not null,
  round integer not null,
  flag text not null,
  before text not null,
  value text not null,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (plan, batch, step, round),
  foreign key (plan, batch, step) references orchestrator.steps (plan, batch, step)
);

create function orchestrator.set_flag(plan text, batch text, step text, round integer, run uuid, flag text, value text)
returns text language plpgsql as $$
declare
  found_value text;
begin
  -- Two steps that set one flag take turns, also when it has no row yet.
  perform pg_advisory_xact_lock(hashtextextended('flag ' || flag, 3));
  found_value := coalesce((select f.value from orchestrator.flags f where f.name = flag), 'off');
  insert into orchestrator.flags as f (name, value, changed_by) values (flag, set_flag.value, run)
  on conflict (name) do update set value = excluded.value, changed_at = clock_timestamp(), changed_by = excluded.changed_by;
  -- The first time counts: on a retry the flag shows what the step itself has set.
  insert into orchestrator.flag_changes (plan, batch, step, round, flag, before, value)
  values (set_flag.plan, set_flag.batch, set_flag.step, set_flag.round, flag, found_value, set_flag.value)
  on conflict do nothing;
  return found_value;
end
$$;

-- The keys of the rows that a seed has put in: its undo takes out these, and none that were there before.
create table orchestrator.seeded (
  plan text not null,
  batch text not null,
  step text not null,
  round integer not null,
  key jsonb not null check (jsonb_typeof(key) = 'object'),
  primary key (plan, batch, step, round, key),
  foreign key (plan, batch, step) references orchestrator.steps (plan, batch, step)
);
