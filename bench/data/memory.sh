# What a worker needs at most, and how long the histories of its transfers get, by the size of the table. Sourced by run.
memory() {
  local name=bench-memory-$1 record=$home/state/stack worker bridge peak history
  down
  up
  run_plan memory "$name" "$1"
  worker=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["ProcessId"])' "$record/worker.json")
  peak=$(awk '/^VmHWM/ { print int($2 / 1024) }' "/proc/$worker/status")
  bridge=$(pgrep -P "$worker" | while read -r child; do awk '/^VmHWM/ { print int($2 / 1024) }' "/proc/$child/status"; done | paste -sd+ | sed 's/^$/0/' | bc)
  history=$(histories "$record/database.json" "$name")
  echo "$1 rows: worker at most $peak MiB, its Temporal core $bridge MiB; events: $history"
  sql -c "drop database ${name//-/_}_work with (force)" -c "drop database ${name//-/_}_copied with (force)"
}

histories() {
  python3 - "$1" <<'PYTHON' >"$home/temporal.env"
import json, shlex, sys
parts = dict(part.split("=", 1) for part in json.load(open(sys.argv[1]))["Address"].split(";") if part)
for name, key in (("PGHOST", "Host"), ("PGPORT", "Port"), ("PGUSER", "Username"), ("PGPASSWORD", "Password")):
    print(f"{name}={shlex.quote(parts[key])}")
PYTHON
  (
    set -a; . "$home/temporal.env"
    "$bin/psql" -qAtX -d temporal -v name="$2" <<'SQL'
select string_agg(split_part(workflow_id, '/', -1) || ' ' || history_length, ', ' order by workflow_id)
from temporal.visibility
where workflow_type = 'TransferWorkflow' and workflow_id like :'name' || '/%';
SQL
  )
}
