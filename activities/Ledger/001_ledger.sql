-- What happened to a database is recorded in that database, in the transaction that did it; what was planned and decided
-- is recorded in the ledger's own database. Both carry this schema.

create table orchestrator.plans (
  digest text primary key check (digest ~ '^[0-9a-f]{64}$'),
  name text not null check (name <> ''),
  -- text, not jsonb: the digest is that of these very bytes.
  canonical text not null,
  published_at timestamptz not null default clock_timestamp(),
  constraint plans_digest_is_of_canonical check (digest = encode(sha256(convert_to(canonical, 'UTF8')), 'hex'))
);

create table orchestrator.runs (
  id uuid primary key,
  plan_digest text not null references orchestrator.plans (digest),
  environment text not null check (environment <> ''),
  requester text not null check (requester <> ''),
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  outcome text check (outcome in ('done', 'undone', 'refused', 'failed')),
  constraint runs_finish_with_an_outcome check ((finished_at is null) = (outcome is null))
);

create table orchestrator.batch_runs (
  run_id uuid not null references orchestrator.runs (id),
  batch text not null check (batch <> ''),
  plan text not null check (plan <> ''),
  environment text not null check (environment <> ''),
  workflow_id text not null check (workflow_id <> ''),
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  outcome text check (outcome in ('done', 'undone', 'refused', 'failed', 'abandoned')),
  reason text,
  primary key (run_id, batch),
  constraint batch_runs_finish_with_an_outcome check ((finished_at is null) = (outcome is null))
);

-- Two workflows must never work on one batch: the second one's undo would meet the first one's steps.
create unique index batch_runs_one_at_a_time
  on orchestrator.batch_runs (plan, environment, batch)
  where finished_at is null;

create table orchestrator.steps (
  plan text not null check (plan <> ''),
  batch text not null check (batch <> ''),
  step text not null check (step <> ''),
  kind text not null check (kind in ('ddl', 'sql', 'backfill')),
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  state text not null check (state in ('doing', 'done', 'undoing', 'undone')),
  -- Counts how often the step was begun anew after an undo; chunks and scripts belong to one round.
  round integer not null check (round >= 1),
  -- Granted anew to each activity that opens the step. Whoever holds an older one can no longer write.
  fence bigint not null check (fence >= 1),
  position text[],
  upper_key text[],
  -- rows: written; walked: keys passed, which is what progress is measured by.
  rows bigint not null default 0 check (rows >= 0),
  walked bigint not null default 0 check (walked >= 0),
  chunks bigint not null default 0 check (chunks >= 0),
  run_id uuid not null references orchestrator.runs (id),
  started_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  primary key (plan, batch, step)
);

create function orchestrator.guard_step() returns trigger language plpgsql as $$
begin
  if new.fence < old.fence or new.round < old.round then
    raise exception 'step %.%: fence and round never go back', old.batch, old.step using errcode = '23514';
  end if;
  if new.round > old.round and old.state <> 'undone' then
    raise exception 'step %.%: a new round needs the old one undone, it is %', old.batch, old.step, old.state using errcode = '23514';
  end if;
  if not ((old.state, new.state) in (
    ('doing', 'doing'), ('doing', 'done'), ('doing', 'undoing'),
    ('done', 'done'), ('done', 'undoing'),
    ('undoing', 'undoing'), ('undoing', 'undone'),
    ('undone', 'undone'), ('undone', 'doing'))) then
    raise exception 'step %.%: % cannot become %', old.batch, old.step, old.state, new.state using errcode = '23514';
  end if;
  return new;
end
$$;

create trigger guard_step before update on orchestrator.steps
  for each row execute function orchestrator.guard_step();

-- Takes the step for this transaction, or ends it: whoever was overtaken must not get as far as the rows.
create function orchestrator.hold_step(plan text, batch text, step text, fence bigint, wanted text) returns void language plpgsql as $$
begin
  perform from orchestrator.steps s
  where s.plan = hold_step.plan and s.batch = hold_step.batch and s.step = hold_step.step
    and s.fence = hold_step.fence and s.state = hold_step.wanted
  for update;
  if not found then
    raise exception 'step %.%: fence % is no longer the newest', batch, step, fence using errcode = 'OR001';
  end if;
end
$$;

create table orchestrator.scripts (
  plan text not null,
  batch text not null,
  step text not null,
  round integer not null,
  direction text not null check (direction in ('do', 'undo')),
  path text not null check (path <> ''),
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  -- 'begun' is only ever seen of a statement that cannot run inside a transaction.
  state text not null check (state in ('begun', 'applied')),
  rows bigint not null default 0 check (rows >= 0),
  changed_at timestamptz not null default clock_timestamp(),
  primary key (plan, batch, step, round, direction, path),
  foreign key (plan, batch, step) references orchestrator.steps (plan, batch, step)
);

create table orchestrator.chunks (
  plan text not null,
  batch text not null,
  step text not null,
  round integer not null,
  number bigint not null check (number >= 1),
  fence bigint not null,
  after_key text[],
  last_key text[] not null,
  rows bigint not null check (rows >= 0),
  walked bigint not null check (walked >= 1),
  committed_at timestamptz not null default clock_timestamp(),
  primary key (plan, batch, step, round, number),
  foreign key (plan, batch, step) references orchestrator.steps (plan, batch, step),
  constraint chunks_move_forward check (after_key is distinct from last_key)
);

-- A range of keys is covered once a round: whoever starts a second chunk at the same key doubles its rows.
create unique index chunks_start_once
  on orchestrator.chunks (plan, batch, step, round, after_key)
  nulls not distinct;

create table orchestrator.checks (
  id bigint generated always as identity primary key,
  run_id uuid not null references orchestrator.runs (id),
  batch text not null,
  moment text not null check (moment in ('precheck', 'postcheck')),
  check_id text not null,
  severity text not null check (severity in ('warn', 'gate', 'hard_stop')),
  verdict text not null check (verdict in ('pass', 'fail', 'inconclusive')),
  rule text not null,
  measured text,
  explanation text,
  query_digest text not null check (query_digest ~ '^[0-9a-f]{64}$'),
  elapsed interval not null check (elapsed >= interval '0'),
  measured_at timestamptz not null default clock_timestamp(),
  constraint checks_pass_on_a_measurement check (verdict = 'inconclusive' or measured is not null)
);

create table orchestrator.decisions (
  id bigint generated always as identity primary key,
  run_id uuid not null references orchestrator.runs (id),
  batch text not null,
  verdict text not null check (verdict in ('go', 'no_go')),
  who text not null check (who <> ''),
  role text not null check (role <> ''),
  comment text,
  evidence text not null check (evidence ~ '^[0-9a-f]{64}$'),
  decided_at timestamptz not null,
  constraint decisions_count_once unique (run_id, batch, who, evidence)
);
