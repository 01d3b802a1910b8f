# New ids, references and pairs, each against one statement that does the same to tables that look the same. Sourced by run.
maps() {
  local name=bench-maps-$1 work=bench_maps_${1}_work
  run_plan maps "$name" "$rows"
  for step in ids links pairs; do note "$step" "$(took "$work" "$step")"; done
  sql -d "$work" -f bench/data/plan/sql/map_raw.sql >/dev/null
  # The one statement needs an extension for the ids; without it there is nothing to compare with.
  if sql -d "$work" -c 'create extension if not exists "uuid-ossp"' 2>/dev/null; then
    note one-ids "$(one "insert into raw_id_map select id, uuid_generate_v5('7c0e7f6e-2f5b-4f5e-9d5c-0c1f2e3d4a5b', id::text) from customers")"
    note one-links "$(one "update raw_orders as o set customer_uuid = m.new_id from raw_id_map as m where m.old_key = o.customer_id")"
  fi
  note one-pairs "$(one "$(cat bench/data/plan/sql/map_pairs.sql)")"
  sql -c "drop database $work with (force)"
}

one() {
  sql -d "$work" -c checkpoint
  seconds sql -d "$work" -c "$1"
}
