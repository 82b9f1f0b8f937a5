#!/bin/bash
# The figures that operators scrape: every service serves /metrics that promtool accepts, and /health.
set -u
cd "$(dirname "$0")/../.."
home=${FETTLE_TEST_SCRATCH:-$(mktemp -d)}/metrics
fettle=${FETTLE_BUILD:-build}/fettle
export FETTLE_PORT=27300 FETTLE_METRICS='127.0.0.1:{port}'
failed=0
check() { if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; failed=1; fi; }

"$fettle" up --home "$home" -d --no-demo >"$home.log" 2>&1
check $? "a stack starts with FETTLE_METRICS set"
number=0
for service in intake dispatcher scheduler inventory billing notifier sla-watchdog; do
    number=$((number + 1)); port=$((FETTLE_PORT + 10 * number + 2)); page=$home.$service.prom
    for _ in $(seq 50); do curl -sf "127.0.0.1:$port/health" >/dev/null && break; sleep 0.1; done
    curl -sf "127.0.0.1:$port/metrics" >"$page"
    promtool check metrics <"$page" >"$page.log" 2>&1
    check $? "$service serves metrics that promtool accepts"
    grep -q "^fettle_ready{service=\"$service\"} 1" "$page"
    check $? "$service says that it is ready"
    for name in fettle_turn_messages_bucket fettle_turn_seconds_sum fettle_outbox_age_seconds fettle_dead_letters; do
        grep -q "^$name" "$page" || { check 1 "$service has $name"; }
    done
    curl -sf "127.0.0.1:$port/health" | grep -q ready
    check $? "$service answers /health"
done
grep -q '^fettle_source_lag_events{service="sla-watchdog",source="intake"}' "$home.sla-watchdog.prom"
check $? "lag is told for each publisher"
"$fettle" down --home "$home" >>"$home.log" 2>&1
check $? "the stack stops"
exit $failed
