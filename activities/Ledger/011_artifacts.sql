-- Reports, whole: a file may be lost or edited, this one cannot be without breaking the chain.

create table orchestrator.artifacts (
  run_id uuid not null references orchestrator.runs (id),
  path text not null check (path <> '' and path !~ '(^/|\.\.)'),
  batch text,
  content text not null,
  digest text not null,
  written_at timestamptz not null default clock_timestamp(),
  primary key (run_id, path),
  constraint artifacts_digest_is_of_content check (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex'))
);

create trigger append_only before update or delete or truncate on orchestrator.artifacts
  for each statement execute function orchestrator.refuse_change();
