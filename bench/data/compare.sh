# The comparison of the copied table with its source: equal, and with five differences, against count(*) and pg_comparator. Sourced by run.
elapsed() { sql -c "select extract(epoch from elapsed) from orchestrator.checks where check_id = '$1' order by id desc limit 1"; }

compare() {
  note alike "$(elapsed alike)"
  note differences "$(elapsed differences)"
  # As ours: both sides at once.
  note count "$(seconds counts)"
  command -v pg_comparator >/dev/null || return 0
  for database in "$work" "$copied"; do sql -d "$database" -c "create extension if not exists pgcmp" 2>/dev/null || return 0; done
  local took; took=$(seconds their_compare || true)
  if grep -Eq 'diffs found: +5$' "$home/pg_comparator.log"; then note pg_comparator "$took"; fi
}

counts() {
  sql -d "$work" -c "select count(*) from source" & local other=$!
  sql -d "$copied" -c "select count(*) from source"
  wait "$other"
}

their_compare() {
  local where="postgres@127.0.0.1:$port" columns="owner,amount,name,at,flag,note,rank"
  pg_comparator --stats=txt "pgsql://$where/$work/source?id:$columns" "pgsql://$where/$copied/source?id:$columns" >"$home/pg_comparator.log" 2>&1
}
