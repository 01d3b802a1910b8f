-- Scripts that people put in the place of an undo that failed.

create table orchestrator.undo_corrections (
  id bigint generated always as identity primary key,
  run_id uuid not null references orchestrator.runs (id),
  batch text not null check (batch <> ''),
  step text not null check (step <> ''),
  path text not null check (path <> ''),
  content text not null check (content <> ''),
  digest text not null,
  who text not null check (who <> ''),
  reason text not null check (reason <> ''),
  corrected_at timestamptz not null,
  constraint undo_corrections_digest_is_of_content check (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex')),
  -- Recording may be tried twice.
  constraint undo_corrections_once unique (run_id, batch, step, corrected_at)
);

create trigger append_only before update or delete or truncate on orchestrator.undo_corrections
  for each statement execute function orchestrator.refuse_change();
