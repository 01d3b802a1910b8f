-- Queries compare text by code point, which only an index of that collation serves.
create index visibility_workflow on temporal.visibility (namespace_id, workflow_id collate "C");
