-- The append-only chain. Each entry carries the hash of the one before it, so an edit anywhere breaks every later hash,
-- and two entries cannot follow the same one.

create function orchestrator.entry_hash(sequence bigint, previous text, at timestamptz, kind text, run_id uuid, body text)
returns text language sql immutable as $$
  -- to_char in UTC does not depend on the session's settings, which is why this may call itself immutable.
  select encode(sha256(convert_to(concat_ws(
    E'\n',
    sequence::text,
    coalesce(previous, ''),
    to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    kind,
    coalesce(run_id::text, ''),
    body), 'UTF8')), 'hex')
$$;

create table orchestrator.entries (
  sequence bigint primary key check (sequence >= 1),
  previous text,
  at timestamptz not null,
  kind text not null check (kind ~ '^[a-z]+(-[a-z]+)*$'),
  run_id uuid,
  -- text, not jsonb: the hash is that of these very bytes.
  body text not null check (jsonb_typeof(body::jsonb) = 'object'),
  hash text not null,
  before bigint generated always as (nullif(sequence - 1, 0)) stored,
  unique (sequence, hash),
  foreign key (before, previous) references orchestrator.entries (sequence, hash),
  constraint entries_all_follow_one check ((sequence = 1) = (previous is null)),
  constraint entries_carry_their_hash check (hash = orchestrator.entry_hash(sequence, previous, at, kind, run_id, body))
);

create function orchestrator.append(kind text, run_id uuid, body jsonb) returns bigint language plpgsql as $$
declare
  tail record;
  now_at timestamptz;
  next_sequence bigint;
  next_body text := body::text;
begin
  -- Held until commit: the next writer must see this entry before it can follow it. Call this last in a transaction.
  perform pg_advisory_xact_lock(hashtextextended('orchestrator.entries', 0));
  select e.sequence, e.hash into tail from orchestrator.entries e order by e.sequence desc limit 1;
  next_sequence := coalesce(tail.sequence, 0) + 1;
  now_at := clock_timestamp();
  insert into orchestrator.entries (sequence, previous, at, kind, run_id, body, hash)
  values (
    next_sequence, tail.hash, now_at, append.kind, append.run_id, next_body,
    orchestrator.entry_hash(next_sequence, tail.hash, now_at, append.kind, append.run_id, next_body));
  return next_sequence;
end
$$;

create function orchestrator.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'orchestrator.% is append-only: % is refused', tg_table_name, lower(tg_op) using errcode = '42501';
end
$$;

create trigger append_only before update or delete or truncate on orchestrator.entries
  for each statement execute function orchestrator.refuse_change();
create trigger append_only before update or delete or truncate on orchestrator.checks
  for each statement execute function orchestrator.refuse_change();
create trigger append_only before update or delete or truncate on orchestrator.decisions
  for each statement execute function orchestrator.refuse_change();
create trigger append_only before update or delete or truncate on orchestrator.chunks
  for each statement execute function orchestrator.refuse_change();
create trigger append_only before update or delete or truncate on orchestrator.plans
  for each statement execute function orchestrator.refuse_change();
