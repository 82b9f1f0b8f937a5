#!/bin/bash
# The demo on a company of its own, from nothing: played twice on the same data, then audited. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
fettle=${FETTLE_BUILD:-build}/fettle
home=${FETTLE_TEST_SCRATCH:-$(mktemp -d /tmp/fettle-demo.XXXXXX)}/demo
out=$home.out failed=0 is_up=
mkdir -p "$home"
unset FETTLE_DSN FETTLE_REDIS FETTLE_BUS FETTLE_ADMIN_DSN
export FETTLE_HOME=$home FETTLE_SHARE=$PWD/deploy/data

prove() { # sentence, then a command that succeeds when it is true
    local sentence=$1; shift
    if "$@" >"$out" 2>&1; then echo "ok - $sentence"
    else echo "not ok - $sentence"; failed=$((failed + 1)); tail -n 60 "$out" | sed 's/^/#   /'; fi
}
field() { /usr/bin/python3 -c 'import json, sys; value = json.load(open(sys.argv[1]))
for name in sys.argv[2:]: value = value[name]
print(value)' "$out" "$@"; }
is_same() { [ "$1" = "$2" ] || { echo "$1 is not $2"; return 1; }; }
clean_up() { [ "$is_up" ] && "$fettle" down >/dev/null 2>&1; }
trap clean_up EXIT
trap 'exit 130' INT TERM

prove "a company starts from nothing" "$fettle" up -d --no-demo
is_up=1
prove "the data files are well-formed" "$fettle" load --check deploy/data/demo
prove "the demo loads its company and ends as told" timeout 60 "$fettle" demo --once
cp "$out" "$home.first"
prove "it says how to go on" grep -qF "  $fettle explain" "$home.first"
prove "it has no colours without a terminal" bash -c "! grep -q $'\033' '$home.first'"
prove "it can be played again on the same data, and told as JSON" timeout 60 "$fettle" demo --json
cp "$out" "$home.second"
out=$home.second
scenes=$(field totals requests) breaches=$(field totals "clocks breached") retracted=$(field totals "breaches taken back")
out=$home.out
prove "a second run makes its own ten requests" is_same "$scenes" 10
prove "its one broken promise was mended" is_same "$breaches $retracted" "1 1"
prove "loading the company again changes nothing" bash -c "'$fettle' load deploy/data/demo | grep -q '^0 accepted'"
prove "what must always be true still is" "$fettle" audit
prove "nothing is left in dead letters, and nobody lags" "$fettle" status
prove "the generator makes exactly the files that are loaded" bash -c "
    mkdir -p '$home.data' && cp deploy/data/demo/*.py '$home.data' && PYTHONDONTWRITEBYTECODE=1 python3 '$home.data/generate.py' &&
    for file in deploy/data/demo/*.json; do cmp \"\$file\" '$home.data/'\"\${file##*/}\" || exit 1; done"
prove "it stops" "$fettle" down
is_up=
prove "without a company running it says so" bash -c "'$fettle' demo --once; [ \$? = 3 ]"
[ "$failed" = 0 ]
