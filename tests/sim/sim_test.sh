#!/bin/bash
# A short selection of the simulated company: the kept seeds, some days of fixed seeds, and what fettle-sim refuses. `make sim` is
# the long one.
set -u
cd "$(dirname "$0")/../.."
B=${FETTLE_BUILD:-build}
sim=$B/sim/fettle-sim

refuses() { # what it says, words...
    local says=$1; shift
    if "$sim" "$@" 2>&1 | grep -qF -- "$says"; then echo "ok - fettle-sim $* says: $says"; else echo "not ok - fettle-sim $* says: $says"; fi
}
refuses 'there is no fault "flood": take from drop' --seed 1 --faults flood
refuses '--days takes a number of 0 or more, not "soon"' --seed 1 --days soon
refuses 'fettle-sim --seed N' --sed 1

if [ -n "${FETTLE_SAN:-}" ]; then runs=2 days=1; else runs=12 days=3; fi
"$sim" --first 1 --runs $runs --days $days
