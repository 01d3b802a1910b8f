-- What could not be told by itself: rows without a counterpart, or with several, and references without a new id. People answer;
-- a rerun of the step takes the answers in.
create table orchestrator.unmapped (
  id bigint generated always as identity primary key,
  plan text not null,
  batch text not null,
  step text not null,
  -- The run that found it: the audit of what people do with it belongs there.
  run_id uuid not null references orchestrator.runs (id),
  -- The table, or the table and its referring column.
  subject text not null,
  key text not null,
  reason text not null check (reason in ('no_match', 'multi_match', 'invalid_source', 'unmapped_reference')),
  -- How many rows wait for it.
  rows bigint not null default 1 check (rows >= 1),
  candidates text[] not null default '{}',
  state text not null default 'open' check (state in ('open', 'resolved', 'closed', 'settled')),
  assignee text check (assignee <> ''),
  target text,
  who text check (who <> ''),
  why text check (why <> ''),
  found_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  foreign key (plan, batch, step) references orchestrator.steps (plan, batch, step),
  unique (plan, batch, step, subject, key),
  constraint unmapped_resolved_to_something check (state <> 'resolved' or target is not null),
  constraint unmapped_answers_have_a_name check (state not in ('resolved', 'closed') or (who is not null and why is not null))
);

create index unmapped_pending on orchestrator.unmapped (plan, batch, step) where state in ('open', 'resolved');

create function orchestrator.guard_unmapped() returns trigger language plpgsql as $$
begin
  -- A person's no is taken back by a person, and what is settled has to come up again before anybody can answer it anew.
  if (old.state, new.state) in (('closed', 'resolved'), ('closed', 'settled'), ('settled', 'closed')) then
    raise exception 'unmapped entry %: % cannot become %', old.id, old.state, new.state using errcode = '23514';
  end if;
  return new;
end
$$;

create trigger guard_unmapped before update on orchestrator.unmapped
  for each row execute function orchestrator.guard_unmapped();
