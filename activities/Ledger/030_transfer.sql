-- A step that moves rows is cut into ranges of keys. Each range has its own checkpoint and its own fence, so that several
-- lanes work side by side and a lane that was declared dead cannot write into a range that another one has taken over.

alter table orchestrator.steps drop constraint if exists steps_kind_check;
alter table orchestrator.steps add constraint steps_kind_check check (kind ~ '^[a-z]+(-[a-z]+)*$');

-- Positions belong to ranges from here on.
alter table orchestrator.steps drop column position, drop column upper_key;

create table orchestrator.ranges (
  plan text not null,
  batch text not null,
  step text not null,
  round integer not null,
  number integer not null check (number >= 1),
  -- The table, where a step moves several.
  subject text not null default '',
  -- Tables that others refer to come first.
  depth integer not null default 0 check (depth >= 0),
  -- From here (exclusive; null: from the start) to there (inclusive; null: to the end).
  after_key text[],
  last_key text[],
  position text[],
  estimate bigint not null default 0 check (estimate >= 0),
  state text not null default 'open' check (state in ('open', 'done')),
  holder integer check (holder >= 1),
  fence bigint not null default 0 check (fence >= 0),
  rows bigint not null default 0 check (rows >= 0),
  walked bigint not null default 0 check (walked >= 0),
  chunks bigint not null default 0 check (chunks >= 0),
  -- The moment of the source that a copied range shows.
  snapshot text,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (plan, batch, step, round, number),
  foreign key (plan, batch, step) references orchestrator.steps (plan, batch, step),
  constraint ranges_done_are_free check (state = 'open' or holder is null)
);

-- Two ranges that begin at the same key would double its rows.
create unique index ranges_start_once
  on orchestrator.ranges (plan, batch, step, round, subject, after_key)
  nulls not distinct;

create index ranges_open
  on orchestrator.ranges (plan, batch, step, round, depth, number)
  where state = 'open';

create function orchestrator.guard_range() returns trigger language plpgsql as $$
begin
  if new.fence < old.fence then
    raise exception 'range % of %.%: a fence never goes back', old.number, old.batch, old.step using errcode = '23514';
  end if;
  if old.state = 'done' then
    raise exception 'range % of %.% is done', old.number, old.batch, old.step using errcode = '23514';
  end if;
  return new;
end
$$;

create trigger guard_range before update on orchestrator.ranges
  for each row execute function orchestrator.guard_range();

alter table orchestrator.chunks add column range integer not null default 1;
alter table orchestrator.chunks drop constraint chunks_pkey;
alter table orchestrator.chunks add primary key (plan, batch, step, round, range, number);
drop index orchestrator.chunks_start_once;
create unique index chunks_start_once
  on orchestrator.chunks (plan, batch, step, round, range, after_key)
  nulls not distinct;

-- What people want of a running transfer; read with every chunk.
create table orchestrator.tunings (
  plan text not null,
  batch text not null,
  step text not null,
  chunk_milliseconds integer check (chunk_milliseconds between 10 and 60000),
  rows_per_second integer check (rows_per_second >= 0),
  lanes integer check (lanes between 1 and 16),
  who text not null check (who <> ''),
  changed_at timestamptz not null default clock_timestamp(),
  primary key (plan, batch, step)
);

-- Rows that cannot be moved as they are. Only their keys are kept: what is in them stays where it is.
create table orchestrator.quarantine (
  plan text not null,
  batch text not null,
  step text not null,
  round integer not null,
  key text[] not null,
  state text not null default 'held' check (state in ('held', 'released')),
  sql_state text not null,
  error text not null,
  tries integer not null default 1 check (tries >= 1),
  held_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  primary key (plan, batch, step, round, key),
  foreign key (plan, batch, step) references orchestrator.steps (plan, batch, step)
);

-- Takes a range for this transaction. The step is only shared, so lanes do not wait for each other; who undoes the step
-- locks it alone, waits for the chunks under way, and lets no other begin.
create function orchestrator.hold_range(
  plan text, batch text, step text, step_fence bigint, round integer, number integer, range_fence bigint, expected_last text[],
  out chunk_milliseconds integer, out rows_per_second integer, out lanes integer)
language plpgsql as $$
declare
  last text[];
begin
  perform from orchestrator.steps s
  where s.plan = hold_range.plan and s.batch = hold_range.batch and s.step = hold_range.step
    and s.fence = hold_range.step_fence and s.state = 'doing'
  for share;
  if not found then
    raise exception 'step %.%: fence % is no longer the newest', batch, step, step_fence using errcode = 'OR001';
  end if;
  select r.last_key into last
  from orchestrator.ranges r
  where r.plan = hold_range.plan and r.batch = hold_range.batch and r.step = hold_range.step
    and r.round = hold_range.round and r.number = hold_range.number
    and r.fence = hold_range.range_fence and r.state = 'open'
  for update;
  if not found then
    raise exception 'range % of %.%: fence % is no longer the newest', number, batch, step, range_fence using errcode = 'OR001';
  end if;
  if last is distinct from expected_last then
    -- Another lane took over the rest of it; what was prepared may reach too far.
    raise exception 'range % of %.% was cut', number, batch, step using errcode = 'OR002';
  end if;
  select t.chunk_milliseconds, t.rows_per_second, t.lanes
  into hold_range.chunk_milliseconds, hold_range.rows_per_second, hold_range.lanes
  from orchestrator.tunings t
  where t.plan = hold_range.plan and t.batch = hold_range.batch and t.step = hold_range.step;
end
$$;
