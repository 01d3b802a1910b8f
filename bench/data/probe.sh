# What an application feels that reads and writes single rows of a table while every row of it is changed. Sourced by run.
probe() {
  local name=bench-probe work=bench_probe_work program pgbench
  [ -x "$bin/pgbench" ] || { echo "probe: pgbench is not at hand"; return; }
  printf '\\set id random(1, :rows)\nselect name from amended where id = :id;\n' >"$home/read.pgbench"
  printf "\\\\set id random(1, :rows)\nupdate amended set note = 'probe' where id = :id;\n" >"$home/write.pgbench"
  run_plan probe "$name" "$rows" & program=$!
  until [ "$(sql -d "$work" -c "select count(*) from orchestrator.steps where step = 'quiet'" 2>/dev/null)" = 1 ]; do
    kill -0 "$program" 2>/dev/null || { wait "$program"; return 1; }
    sleep 0.2
  done
  (cd "$home" && exec "$bin/pgbench" -h 127.0.0.1 -p "$port" -U postgres -n -f read.pgbench -f write.pgbench -D rows="$rows" -c 4 -j 1 -R 200 -T 100000 -l --log-prefix=probe "$work" >/dev/null 2>&1) & pgbench=$!
  wait "$program"
  kill -INT "$pgbench" 2>/dev/null || true
  wait "$pgbench" 2>/dev/null || true
  echo "single rows read and written, 200 a second, while every row is changed: milliseconds"
  for step in quiet amend amend-gently; do
    # shellcheck disable=SC2046
    tell "$step" $(sql -d "$work" -F ' ' -c "select extract(epoch from started_at), extract(epoch from changed_at) from orchestrator.steps where step = '$step'")
  done
  sql -c "drop database $work with (force)"
}

# A line of pgbench's log: client, number, microseconds, script, and the moment in seconds and microseconds.
tell() {
  local script
  for script in 0 1; do
    printf '%-13s %-6s ' "$1" "$([ "$script" = 0 ] && echo reads || echo writes)"
    cat "$home"/probe.* | awk -v script="$script" -v from="$2" -v to="$3" '$4 == script { at = $5 + $6 / 1e6; if (at >= from && at <= to) print $3 }' | sort -n \
      | awk '{ v[NR] = $1 / 1000 } END { if (NR == 0) print "none"; else printf "p50 %.2f  p99 %.2f  most %.2f  (%d)\n", v[int((NR + 1) / 2)], v[int(NR * 0.99) < 1 ? 1 : int(NR * 0.99)], v[NR], NR }'
  done
}
