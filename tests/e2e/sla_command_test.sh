#!/bin/bash
# fettle sla check and due, on the cases of tests/e2e/sla_cases.json and on files that are wrong. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
fettle=${FETTLE_BUILD:-build}/fettle
cases=tests/e2e/sla_cases.json
scratch=$(mktemp -d "${FETTLE_TEST_SCRATCH:-/tmp}/sla.XXXXXX")
failed=0
trap 'rm -rf "$scratch"' EXIT

not_ok() { echo "not ok - $1"; failed=$((failed + 1)); sed 's/^/#   /' "$scratch/out"; }
# sentence, exit code, regular expression in the output, then the command
expect() {
    local sentence=$1 code=$2 text=$3; shift 3
    "$@" >"$scratch/out" 2>&1
    local found=$?
    if [ $found = "$code" ] && grep -qE -- "$text" "$scratch/out"; then echo "ok - $sentence"
    else echo "exit code $found, expected $code with: $text" >>"$scratch/out"; not_ok "$sentence"; fi
}
# The file of cases, changed by a Python statement on d.
changed() { /usr/bin/python3 -c "import json; d = json.load(open('$cases')); $1
json.dump(d, open('$scratch/changed.json', 'w'))"; }
refuses() { # sentence, text, statement
    changed "$3"
    expect "$1" 2 "$2" "$fettle" sla check "$scratch/changed.json"
}
due() { "$fettle" sla due "$@"; }

# ---- check

expect "every case of the table passes" 0 '^42 passed, 0 failed$' "$fettle" sla check $cases
changed "d['cases'][3]['due_at'] = '2013-06-04T11:00:00Z'; d['cases'][14]['breach_at'] = '2026-06-08T15:00:00Z'"
expect "a case that differs is named with both instants" 1 \
    '^T2: due_at is 2013-06-04T11:45:00.000Z, expected 2013-06-04T11:00:00.000Z$' "$fettle" sla check "$scratch/changed.json"
expect "the last line counts" 1 '^40 passed, 2 failed$' "$fettle" sla check "$scratch/changed.json"
expect "cases come from standard input too" 0 '^42 passed, 0 failed$' "$fettle" sla check - <$cases

changed "d['cases'] = [{**d['cases'][0], 'id': str(n), 'start': d['cases'][0]['start'].replace('Z', '.000000+00:00')} for n in range(9000)]"
expect "a file of thousands of cases is read, with fractions of six digits that say no more than three" 0 \
    '^9000 passed, 0 failed$' "$fettle" sla check "$scratch/changed.json"

# ---- files that are wrong say where

refuses "an unknown key is an error" 'cases\[1\]: unknown key "buget_s"' "d['cases'][1]['buget_s'] = 1"
refuses "an unknown key at the top is an error" 'unknown key "case"' "d['case'] = []"
refuses "an unknown weekday is an error" '"Rome".*weekly: unknown key "monday"' "d['calendars']['Rome']['weekly'] = {'monday': []}"
refuses "a time that is none is an error" 'calendars."Rome".weekly.mon\[0\]: "8:30am" is not a time' "d['calendars']['Rome']['weekly']['mon'][0][0] = '8:30am'"
refuses "a time after 24:00 is an error" '"24:01" is not a time' "d['calendars']['Rome']['weekly']['mon'][0][1] = '24:01'"
refuses "an opening at 24:00 is an error" 'opens at 24:00' "d['calendars']['Rome']['weekly']['mon'][0][0] = '24:00'"
refuses "three times are no hours" 'not two times' "d['calendars']['Rome']['weekly']['mon'] = [['08:30', '12:00', '17:00']]"
refuses "a date that does not exist is an error" 'exceptions.2026-02-29: not a date' "d['calendars']['Rome']['exceptions']['2026-02-29'] = []"
refuses "a calendar that never opens is an error" 'calendars."Rome": .*open' "d['calendars']['Rome']['weekly'] = {}"
refuses "a fixed offset is no zone" 'calendars."Rome": .*\+02:00' "d['calendars']['Rome']['time_zone'] = '+02:00'"
refuses "an unknown zone is an error" 'calendars."Rome": .*Europe/Roma' "d['calendars']['Rome']['time_zone'] = 'Europe/Roma'"
refuses "24x7 is no calendar of a file" '24x7 means no calendar' "d['calendars']['24x7'] = d['calendars']['Rome']"
refuses "an unknown calendar is an error" 'cases\[0\]: no calendar "Mars"' "d['cases'][0]['calendar'] = 'Mars'"
refuses "a start without zone is an error" 'cases\[0\].start: "2013-03-21T09:30:00" is not an instant' "d['cases'][0]['start'] = '2013-03-21T09:30:00'"
refuses "the 30th of February is an error" 'cases\[0\].start: ' "d['cases'][0]['start'] = '2013-02-30T09:30:00Z'"
refuses "second 75 is an error" 'cases\[0\].start: ' "d['cases'][0]['start'] = '2013-02-20T09:30:75Z'"
refuses "a start finer than a millisecond is an error" 'cases\[0\].start: ' "d['cases'][0]['start'] = '2013-02-20T09:30:00.000400Z'"
refuses "a missing expectation is an error" 'cases\[0\]: due_at is missing' "del d['cases'][0]['due_at']"
refuses "a negative budget is an error" 'cases\[0\]: budget_s is not' "d['cases'][0]['budget_s'] = -1"
refuses "a budget of text is an error" 'cases\[0\]: budget_s is not' "d['cases'][0]['budget_s'] = '2h'"
refuses "a budget without end is an error" 'cases\[0\]: budget_s is not' "d['cases'][0]['budget_s'] = 1e300"
refuses "a budget finer than a millisecond is an error" 'finer than a millisecond' "d['cases'][0]['budget_s'] = 1.0005"
refuses "two budgets are an error" 'one of them' "d['cases'][0]['working_days'] = 1"
refuses "no budget is an error" 'one of them' "del d['cases'][0]['budget_s']"
refuses "days without mode are an error" 'mode is missing' "del d['cases'][0]['budget_s']; d['cases'][0]['working_days'] = 1"
refuses "a pause that ends before it begins is an error" 'cases\[3\].pauses\[1\]: ends before' "d['cases'][3]['pauses'][1].reverse()"
refuses "an id that is there twice is an error" 'cases\[1\]: id "T1.1" is there twice' "d['cases'][1]['id'] = 'T1.1'"
refuses "no cases are an error" 'nothing to check' "d['cases'] = []"
refuses "a list is no file of cases" 'not an object' "d = []"
expect "a file that is not there is an error" 2 'nowhere.json can not be read' "$fettle" sla check "$scratch/nowhere.json"
expect "a directory is an error" 2 'can not be read' "$fettle" sla check "$scratch"
echo '{"cases": [], "cases": []}' >"$scratch/twice.json"
expect "a key that is there twice is an error with its line" 2 'line 1, column .*duplicate object key' "$fettle" sla check "$scratch/twice.json"
expect "text that is no JSON is an error with its line" 2 'line 2, column' "$fettle" sla check - <<<'{"cases": ['
expect "what a file says does not reach the terminal unseen" 2 'unknown key "\?\[31m"' "$fettle" sla check - <<<'{"\u001b[31m": 1}'

# ---- three hundred damaged files

cat >"$scratch/damage.py" <<'PYTHON'
import random, subprocess, sys
fettle, path, scratch = sys.argv[1:]
seed = 20260608
print("seed", seed)
random.seed(seed)
whole = open(path, "rb").read()
for round in range(300):
    text = bytearray(whole)
    for _ in range(random.choice([1, 1, 1, 3, 30])):
        at = random.randrange(len(text))
        if random.random() < 0.3: del text[at:at + random.randrange(1, 40)]
        elif random.random() < 0.5: text[at] = random.randrange(256)
        else: text[at:at] = random.choice([b"0", b"9" * 20, b"-", b'"', b"[", b"null", b"\\u0000", b"1e400", text[at:at + 60]])
    done = subprocess.run([fettle, "sla", "check", "-"], input=bytes(text), capture_output=True)
    if done.returncode not in (0, 1, 2) or (done.returncode == 2 and not done.stderr.startswith(b"fettle sla: ")):
        open(scratch + "/damaged.json", "wb").write(text)
        print("round", round, done)
        sys.exit(1)
PYTHON
if /usr/bin/python3 "$scratch/damage.py" "$fettle" $cases "$scratch" >"$scratch/out" 2>&1; then echo "ok - three hundred damaged files are answered, not crashed on"
else not_ok "three hundred damaged files are answered, not crashed on"; fi

# ---- due

rome="$cases:Rome"
expect "due prints the instant, in UTC and there" 0 '^due_at +2026-06-09T08:00:00.000Z  Tue 2026-06-09 10:00 Europe/Rome$' \
    due --calendar "$rome" --start 2026-06-08T06:30:00Z --budget 8h --pause 2026-06-08T14:00:00Z/2026-06-09T07:30:00Z
expect "and the walk with its sums" 0 'in all counted 8h, paused 2h, closed 15h 30m; together 25h 30m' \
    due --calendar "$rome" --start 2026-06-08T06:30:00Z --budget 8h --pause 2026-06-08T14:00:00Z/2026-06-09T07:30:00Z
expect "breach_at is the next opening when the budget ends at closing" 0 '^breach_at +2026-06-09T06:30:00.000Z' \
    due --calendar "$rome" --start 2026-06-08T06:30:00Z --budget 8h30m
expect "a start may be local time with its offset" 0 '^due_at +2026-06-08T07:59:00.500Z' \
    due --calendar "$rome" --start 2026-06-08T08:30:00+02:00 --budget 88m60.5s --pause 2026-06-07T00:00:00Z/2026-06-08T06:29:00Z
expect "working days end at closing time" 0 '^due_at +2025-02-07T09:00:00.000Z' \
    due --calendar "$cases:Shanghai" --start 2025-01-24T07:00:00Z --budget 5wd-end
expect "or at the same time of day" 0 '^due_at +2025-02-07T07:00:00.000Z' \
    due --calendar "$cases:Shanghai" --start 2025-01-24T07:00:00Z --budget 5wd
expect "24x7 needs no file" 0 '^due_at +2026-06-10T06:30:00.000Z' due --calendar 24x7 --start 2026-06-08T06:30:00Z --budget 48h
expect "what waits without end never falls due" 0 '^It waits without end' \
    due --calendar "$rome" --start 2026-06-08T06:30:00Z --budget 8h --pause 2026-06-08T14:00:00Z/
expect "a day of hours is refused, and why" 2 'There is no day of hours' due --calendar "$rome" --start 2026-06-08T06:30:00Z --budget 1d
expect "a budget of three centuries is refused" 2 '--budget 2629800h' due --calendar "$rome" --start 2026-06-08T06:30:00Z --budget 2629800h
expect "a pause that ends before it begins is refused" 2 '--pause' \
    due --calendar "$rome" --start 2026-06-08T06:30:00Z --budget 1h --pause 2026-06-08T14:00:00Z/2026-06-08T13:00:00Z
expect "an unknown calendar is refused" 2 'has no calendar "Mars"' due --calendar "$cases:Mars" --start 2026-06-08T06:30:00Z --budget 1h
# Rome without summer time, 8:30 is 7:30Z: as another release of the tz database may say
printf 'Zone Europe/Rome 1:00 - CET\n' >"$scratch/zones"
cp -r /usr/share/zoneinfo "$scratch/zoneinfo" && /usr/sbin/zic -d "$scratch/zoneinfo" "$scratch/zones"
expect "F16 a program that starts after an update of the tz database counts by the new rules" 0 '^due_at +2026-06-08T09:30:00.000Z' \
    env TZDIR="$scratch/zoneinfo" "$fettle" sla due --calendar "$rome" --start 2026-06-08T06:30:00Z --budget 2h
expect "a missing option is named" 2 'needs --calendar, --start and --budget' due --start 2026-06-08T06:30:00Z
expect "help tells how" 0 'fettle sla check FILE' "$fettle" help sla
expect "an unknown sub-command is refused" 2 'there is no sla chekc' "$fettle" sla chekc
[ $failed = 0 ]
