# Backfills and copies against one statement, a pipe, pg_dump and pgcopydb. Sourced by run.
columns="id, owner, amount * 2, upper(name), at, not flag, note, rank + 1"

pipe() {
  sql -d bench_there -f bench/data/plan/sql/source.sql
  sql -d bench_raw -c "copy source to stdout (format binary)" | sql -d bench_there -c "copy source from stdin (format binary)"
}
dump() { "$bin/pg_dump" -h 127.0.0.1 -p "$port" -U postgres -t source bench_raw | sql -d bench_there; }
clone() {
  printf '[include-only-table]\npublic.source\n' >"$home/filters.ini"
  PATH=$bin:$PATH pgcopydb clone --filters "$home/filters.ini" --dir "$home/pgcopydb-$round" --no-acl --no-owner --restart \
    --source "host=127.0.0.1 port=$port user=postgres dbname=bench_raw" \
    --target "host=127.0.0.1 port=$port user=postgres dbname=bench_there" >"$home/pgcopydb.log" 2>&1
}

moves() {
  for step in fill fill-in-one-lane amend; do note "$step" "$(took "$work" "$step")"; done
  note copy "$(took "$copied" copy)"

  sql -c "create database bench_raw" -c "create database bench_there"
  sql -d bench_raw -f bench/data/plan/sql/tables.sql
  sed "s/ROWS/$rows/" bench/data/plan/sql/rows.sql | sql -d bench_raw
  sql -d bench_raw -c checkpoint
  note insert "$(seconds sql -d bench_raw -c "insert into filled select $columns from source")"
  sql -d bench_raw -c "vacuum amended" -c checkpoint
  note update "$(seconds sql -d bench_raw -c "update amended set rank = rank + 1")"
  sql -d bench_raw -c checkpoint
  for way in pipe dump; do
    note "$way" "$(seconds "$way")"
    sql -d bench_there -c "drop table source" -c checkpoint
  done
  if command -v pgcopydb >/dev/null; then
    # A tool that failed has no time.
    local clone_took; clone_took=$(seconds clone || true)
    if [ "$(sql -d bench_there -c "select count(*) from source" 2>/dev/null || echo 0)" = "$rows" ]; then note pgcopydb "$clone_took"; fi
  fi
  sql -c "drop database bench_raw with (force)" -c "drop database bench_there with (force)"
}
