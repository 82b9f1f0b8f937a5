"""`fettle plan`: problems made from a seed in all three formats, good and bad input, what is printed, exit codes, the documents."""
import json
import math
import os
import pty
import random
import re
import signal
import subprocess
import sys

import jsonschema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import tap                                         # noqa: E402
from lib.plans import (FETTLE, OK, ROOT, SEED, USAGE, drives, expect, fettle, leg, line_problem, path, put,   # noqa: E402
                       scratch, solomon, solve, trsp)
from lib.tap import check                                   # noqa: E402


# ---- solving

def test_n6_a_problem_of_solomons_is_solved_verified_and_has_a_bound():
    text, rows = solomon(SEED)
    problem = path('s.txt', text)
    plan = solve(problem)
    check(sorted(int(v) for r in plan['routes'] for v in r['visits']) == list(range(1, 31)), f'each customer once: {plan["routes"]}')
    check([r['resource'] for r in plan['routes']] == [str(i + 1) for i in range(plan['vehicles'])], 'resources are numbered as they come')
    points = {row[0]: row[1:3] for row in rows}
    check(all(drives(rows, map(int, route['visits']), 60) for route in plan['routes']), 'each vehicle is in time and not too full')
    tours = [[0, *map(int, route['visits']), 0] for route in plan['routes']]
    length = sum(leg(points[a], points[b], True) for tour in tours for a, b in zip(tour, tour[1:]))
    check(abs(length - plan['distance']) < 1e-6 and plan['cost'] == plan['distance'], f'{length} and {plan["distance"]}, {plan["cost"]}')
    check(plan['bound'] is None or 0 < plan['bound'] <= plan['cost'] and abs(plan['gap'] - 1 + plan['bound'] / plan['cost']) < 1e-9, plan['gap'])
    expect(OK, rf'^valid: {plan["vehicles"]} vehicles, distance {plan["distance"]:.10g}, ', 'check', problem, path('s.json', plan))


def test_the_exact_convention_tells_double_precision():
    text, rows = solomon(SEED + 1)
    problem = path('e.txt', text)
    plan = solve(problem, '--convention', 'exact')
    points = {row[0]: row[1:3] for row in rows}
    tours = [[0, *map(int, route['visits']), 0] for route in plan['routes']]
    length = sum(leg(points[a], points[b], False) for tour in tours for a, b in zip(tour, tour[1:]))
    check(abs(length - plan['distance']) < 1e-9, f'{length} and {plan["distance"]}')
    expect(OK, '^valid: ', 'check', '--convention', 'exact', problem, path('e.json', plan))


def test_fewest_vehicles_come_before_distance():
    text, _ = solomon(SEED + 2)
    problem = path('v.txt', text)
    fewest, shortest = solve(problem, '--objective', 'vehicles'), solve(problem)
    check(fewest['vehicles'] <= shortest['vehicles'] and not fewest['unassigned'], f'{fewest["vehicles"]} and {shortest["vehicles"]}')


def test_the_technicians_problem_tells_working_time_from_home_to_home():
    problem = path('t.txt', trsp(SEED))
    plan = solve(problem)
    rows = {int(r.split()[0]): r.split() for r in trsp(SEED).splitlines() if re.match(r'\d+ \d+ \d+ ', r)}
    total = 0
    for route in plan['routes']:
        home = rows[int(route['resource'])]
        best, stops = None, [*map(int, route['visits'])]
        for leaves in [x / 4 for x in range(0, 2400)]:      # tried at each quarter of a unit: an upper bound of the least
            time, place = leaves, home
            for stop in stops:
                node = rows[stop]
                time += math.dist((int(place[1]), int(place[2])), (int(node[1]), int(node[2])))
                if stop and time > int(node[4]):
                    break
                time, place = (max(time, int(node[3])) + int(node[5]), node) if stop else (time, node)
            else:
                time += math.dist((int(place[1]), int(place[2])), (int(home[1]), int(home[2])))
                best = min(best or 1e9, time - leaves)
        total += best
    check(plan['working_time'] <= total + 1e-6 and total - plan['working_time'] < 0.26 * len(plan['routes']), f'{plan["working_time"]} and {total}')
    if not plan['unassigned']:
        expect(OK, rf'^valid: .*working_time {plan["working_time"]:.4f}', 'check', problem, path('t.json', plan))


def test_the_same_seed_gives_the_same_bytes_and_it_is_told_how_to_get_others():
    problem = path('same.txt', solomon(SEED + 3)[0])
    options = ('--json', '--seconds', '0.3', '--clock', '100', '--threads', '2')
    first = expect(OK, '', problem, *options, '--seed', '5')
    check(first == expect(OK, '', problem, *options, '--seed', '5'), 'twice the same')
    check('"is_cut":false' in first, 'the clock did not end it')


def test_people_read_routes_costs_and_why_somebody_is_left_out():
    problem = line_problem()
    problem['visits'].append({'id': 'x-ray', 'place': 'p1', 'work': 5, 'skills': [{'skill': 'x-ray', 'level': 4}], 'unassigned_price': 7})
    out = expect(OK, '', path('people.json', problem), '--seconds', '0.2', '--clock', '60')
    check(re.search(r'^route 1, resource anna: ', out, re.M) and re.search(r'^cost \d+: travel ', out, re.M), out)
    check(re.search(r'^1 unassigned:\n    x-ray: .*skill "x-ray" at level 4 \(has 0\) \(2 skill\)', out, re.M), out)
    plan = solve(path('people.json', problem))
    check(plan['unassigned'] == ['x-ray'] and plan['unassigned_why'][0]['resources'] == {'skill': 2}, plan['unassigned_why'])


def test_what_must_be_done_and_can_not_is_told_apart_from_the_cost():
    problem = line_problem()
    del problem['visits'][0]['unassigned_price']
    problem['visits'][0]['skills'] = [{'skill': 'gas', 'level': 9}]
    out = expect(OK, '', path('must.json', problem), '--seconds', '0.2', '--clock', '60')
    check(re.search(r'^1 visit that must be done is left out: that is not in the cost$', out, re.M), out)
    check(re.search(r'^cost \d{1,5}: travel \d+$', out, re.M), out)
    plan = solve(path('must.json', problem))
    check(plan['must_left_out'] == 1 and plan['cost'] == plan['terms']['travel'] < 100000, f'{plan["cost"]} {plan["terms"]}')
    check(plan['bound'] is None or plan['bound'] <= plan['cost'], plan['bound'])


def test_who_can_not_keep_what_he_was_told_does_not_undo_what_others_were():
    problem = line_problem()
    problem['resources'] = [{**problem['resources'][1], 'id': name, 'pauses': []} for name in ('anna', 'bruno', 'carl')]
    problem['visits'] = [{'id': 'kept', 'place': 'p1', 'work': 20, 'told_resource': 'carl', 'told_at': 10},
                         {'id': 'not kept', 'place': 'p1', 'work': 20, 'told_resource': 'anna', 'told_at': 10, 'excluded': ['anna']}]
    plan = solve(path('told.json', problem))
    check([r['resource'] for r in plan['routes']] == ['carl'] and len(plan['routes'][0]['visits']) == 2, str(plan['routes']))


def test_a_json_problem_is_solved_as_told_and_the_plan_verified():
    problem = path('line.json', line_problem())
    plan = solve(problem)
    check(not plan['unassigned'], plan['unassigned_why'])
    expect(OK, '^valid: 2 vehicles', 'check', problem, path('line-plan.json', plan))
    where = {v: r['resource'] for r in plan['routes'] for v in r['visits']}
    check(where['fixed'] == where['started'] == 'bruno' and where['gas'] == 'anna', str(where))


def test_a_problem_may_come_from_standard_input_and_its_format_be_told():
    text = solomon(SEED)[0]
    expect(OK, 'vehicles, distance', '-', '--seconds', '0.1', '--clock', '60', '--format', 'solomon', text=text)
    expect(USAGE, 'line 2: "VEHICLE": expected the line "INFO"|line 3', '-', '--format', 'trsp', text=text)


def test_headings_may_be_in_any_case_and_the_name_left_out():
    options = ('--seconds', '0.1', '--clock', '60', '--json')
    for text in (solomon(SEED)[0], trsp(SEED)):
        plan = json.loads(expect(OK, '', '-', *options, text=text))
        nameless = json.loads(expect(OK, '', '-', *options, text=text[text.index('\n') + 1:].lower()))
        check(plan.pop('name') and nameless.pop('name') == '' and plan == nameless, f'{nameless}')


def test_progress_is_for_terminals_and_an_interrupt_ends_it_with_what_there_is():
    problem = path('s.txt', solomon(SEED)[0])
    code, _, err = fettle(problem, '--seconds', '0.1', '--clock', '60')
    check(code == OK and err == '', f'no progress where nobody looks: {err!r}')
    terminal, side = pty.openpty()
    search = subprocess.Popen([FETTLE, 'plan', problem, '--seconds', '3600', '--json'], stdout=subprocess.PIPE, stderr=side, text=True)
    os.close(side)
    told = os.read(terminal, 1000).decode()                 # waits until something is told
    search.send_signal(signal.SIGINT)
    out, _ = search.communicate(timeout=60)
    os.close(terminal)
    check(re.search(r'%  cost [0-9.]+, \d+ unassigned', told), told)
    check(search.returncode == OK and json.loads(out)['is_cut'] and not json.loads(out)['unassigned'], out[-300:])


# ---- the documents

def example():
    with open(os.path.join(ROOT, 'docs/planning.md'), encoding='utf-8') as file:
        document = file.read()
    return re.search(r'```json\n(.*?)```', document, re.S).group(1), re.search(r'```text\n(.*?)```', document, re.S).group(1)


def test_the_example_of_the_document_runs_and_prints_what_is_told_there():
    problem, wanted = example()
    out = expect(OK, '', path('example.json', problem), '--seconds', '1', '--clock', '60')
    check(out == wanted, f'docs/planning.md says\n{wanted}and it is\n{out}')


def schema():
    with open(os.path.join(ROOT, 'docs/plan.schema.json'), encoding='utf-8') as file:
        loaded = json.load(file)
    jsonschema.Draft7Validator.check_schema(loaded)
    return jsonschema.Draft7Validator(loaded)


def test_the_schema_takes_what_the_program_takes():
    for problem in (json.loads(example()[0]), line_problem()):
        errors = list(schema().iter_errors(problem))
        check(not errors, errors)
        expect(OK, 'vehicles', path('schema.json', problem), '--seconds', '0.1', '--clock', '60')


def test_the_schema_and_the_program_refuse_the_same():
    for damage in DAMAGED_PROBLEMS:
        if damage[0].startswith('*'):                       # what no schema can say
            continue
        problem = line_problem()
        damage[2](problem)
        check(list(schema().iter_errors(problem)), f'the schema takes {damage[0]}')


# ---- bad problems

# what, the sentence (a regular expression), how; with a * when it takes more than a schema to see it
DAMAGED_PROBLEMS = [
    ('an unknown key', r'unknown key "visit"', lambda p: put(p, 'visit', [])),
    ('an unknown key of a visit', r'visits\[0\]: unknown key "skils"', lambda p: put(p, 'visits', 0, 'skils', [])),
    ('an unknown price', r'policy: unknown key "travel"', lambda p: put(p, 'policy', 'travel', 1)),
    ('no resources', r'resources: there is nobody', lambda p: put(p, 'resources', [])),
    ('no visits', r'visits: there is nothing to do', lambda p: put(p, 'visits', [])),
    ('no places', r'places is missing', lambda p: p.pop('places')),
    ('a visit without place', r'visits\[2\]: place is missing', lambda p: p['visits'][2].pop('place')),
    ('a shift without end', r'resources\[0\].shifts\[0\]: end is missing', lambda p: p['resources'][0]['shifts'][0].pop('end')),
    ('negative work', r'visits\[1\].work: -5: it goes from 0', lambda p: put(p, 'visits', 1, 'work', -5)),
    ('work of half a second', r'visits\[1\].work: not a whole number', lambda p: put(p, 'visits', 1, 'work', 0.5)),
    ('work of text', r'visits\[1\].work: not a whole number', lambda p: put(p, 'visits', 1, 'work', '20')),
    ('a time after everything', r'windows\[0\]: 2000000000', lambda p: put(p, 'visits', 3, 'windows', [[0, 2000000000]])),
    ('a window of three', r'visits\[3\].windows\[0\]: not two times', lambda p: put(p, 'visits', 3, 'windows', [[0, 1, 2]])),
    ('a priority of 0', r'visits\[0\].priority: 0: it goes from 1 to 100', lambda p: put(p, 'visits', 0, 'priority', 0)),
    ('an empty id', r'visits\[0\]: not a text', lambda p: put(p, 'visits', 0, 'id', '')),
    ('a flag of text', r'visits\[7\]: is_started is neither', lambda p: put(p, 'visits', 7, 'is_started', 'yes')),
    ('a slow man', r'efficiency_percent: 5: it goes from 25 to 400', lambda p: put(p, 'resources', 0, 'efficiency_percent', 5)),
    ('a list for an object', r'resources\[0\]: not an object', lambda p: put(p, 'resources', 0, [])),
    ('a price of a billion billions', r'unassigned_price: 1000000000000000000:', lambda p: put(p, 'visits', 0, 'unassigned_price', 10 ** 18)),
    ('* an id twice', r'visits\[1\]: id "gas" is there twice', lambda p: put(p, 'visits', 1, 'id', 'gas')),
    ('* a place that there is not', r'visits\[1\].place: there is no place "p9"', lambda p: put(p, 'visits', 1, 'place', 'p9')),
    ('* a resource that there is not', r'required\[0\]: there is no resource "carl"', lambda p: put(p, 'visits', 1, 'required', ['carl'])),
    ('* a visit after none', r'visits\[0\]: after: there is no visit "never"', lambda p: put(p, 'visits', 0, 'after', 'never')),
    ('* a visit after itself', r'comes after itself', lambda p: put(p, 'visits', 3, 'after', 'second')),
    ('* a gap after nothing', r'after is missing', lambda p: put(p, 'visits', 0, 'after_gap', 4)),
    ('* a window backwards', r'visits\[3\].windows\[0\]: ends before it begins', lambda p: put(p, 'visits', 3, 'windows', [[9, 3]])),
    ('* windows that overlap', r'windows\[1\]: begins before', lambda p: put(p, 'visits', 3, 'windows', [[0, 9], [5, 12]])),
    ('* shifts that overlap', r'shifts\[1\]: begins before', lambda p: p['resources'][0]['shifts'].append(p['resources'][0]['shifts'][0])),
    ('* a pause outside', r'pauses\[0\]: is not within one shift', lambda p: put(p, 'resources', 1, 'pauses', 0, 'to', 900)),
    ('* an instant without origin', r'there is no origin', lambda p: put(p, 'visits', 0, 'due', '2026-06-08T08:00:00Z')),
    ('* a time that is none', r'"tomorrow" is not an instant', lambda p: put(p, 'visits', 0, 'due', 'tomorrow')),
    ('* a row too few', r'matrix.time: 5 rows: there are 6 places', lambda p: p['matrix']['time'].pop()),
    ('* a number too many', r'matrix.time\[2\]: 7 numbers', lambda p: p['matrix']['time'][2].append(1)),
    ('* points that are missing', r'places\[0\]: lat is not a number', lambda p: p.pop('matrix')),
    ('* an escape sequence in a name', r'has a control character', lambda p: put(p, 'visits', 0, 'id', '\x1b[31m')),
    ('* an estimate beside a matrix', r'give one of them', lambda p: put(p, 'estimate', {})),
    ('* a supply place that there is not', r'supply_place: there is no place "p7"', lambda p: put(p, 'supply_place', 'p7')),
    ('* a start of nobody', r'told_resource is missing', lambda p: put(p, 'visits', 0, 'is_started', True)),
]


def test_bad_json_problems_are_refused_with_place_and_reason():
    for what, sentence, damage in DAMAGED_PROBLEMS:
        problem = line_problem()
        damage(problem)
        name = path('bad.json', problem)
        code, out, err = fettle(name)
        check(code == USAGE and re.search(sentence, err) and err.startswith(f'fettle plan: {name}: ') and not out and '\x1b' not in err,
              f'{what}: {code} {out}{err}')
    return f'{len(DAMAGED_PROBLEMS)} kinds'


DAMAGED_LINES = [
    ('nothing', r'line 1: neither JSON', lambda t: ''),
    ('another language', r'line 1: neither JSON', lambda t: 'Lorem ipsum dolor'),
    ('no vehicles', r'line 5: the number of vehicles is 0', lambda t: t.replace('  9   60', '  0   60')),
    ('a heading that is another', r'line 7: "CLIENT": expected the line "CUSTOMER"', lambda t: t.replace('\nCUSTOMER\n', '\nCLIENT\n')),
    ('a number that is none', r'line 12: x is 4x: not a number', lambda t: re.sub(r'(\n2  )\d+', r'\g<1>4x', t)),
    ('a column too few', r'line 12: the service time is nothing', lambda t: re.sub(r'(\n2 .*)  10\n', r'\1\n', t)),
    ('a column too many', r'line 12: "7" is more', lambda t: re.sub(r'(\n2 .*)\n', r'\1 7\n', t)),
    ('a customer left out', r'line 12: customer 3: expected 2', lambda t: re.sub(r'\n2 .*', '', t)),
    ('due before ready', r'line 11: customer 1: due before', lambda t: re.sub(r'\n1  (\d+  \d+  \d+)  .*', r'\n1  \1  90  80  10', t)),
    ('a time too fine', r'finer than 1/10', lambda t: re.sub(r'(\n2 .*)  10\n', r'\1  10.25\n', t)),
    ('a zero byte', r'line 12: there is a zero byte', lambda t: re.sub(r'\n2 ', '\n2\0 ', t)),
    ('a number too large', r'line 12: x is 99999999999999999999', lambda t: re.sub(r'(\n2  )\d+', r'\g<1>99999999999999999999', t)),
    ('no customers', r'there is no customer', lambda t: t[:t.index('\n1  ')] + '\n'),
    ('an end after the head', r'ends before the line "CUSTOMER"', lambda t: t[:t.index('CUSTOMER')]),
]


def test_bad_text_problems_are_refused_with_line_and_reason():
    for what, sentence, damage in DAMAGED_LINES:
        name = path('bad.txt', damage(solomon(SEED)[0]))
        code, out, err = fettle(name)
        check(code == USAGE and re.search(sentence, err) and name in err and not out, f'{what}: {code} {out}{err}')
    for what, sentence, damage in (
            ('a skill that there is not', r'line 10: the skills is 7', lambda t: re.sub(r'(\n1 .*?)\[\d', r'\1[7', t)),
            ('a list without end', r'line 10: the parts does not end with \]', lambda t: re.sub(r'(\n1 .*)\]\n', r'\1\n', t)),
            ('parts of another number', r'line 10: the parts are 1 numbers', lambda t: re.sub(r'(\n1 .*)\[\d,2\]\n', r'\1[2]\n', t)),
            ('technicians without requests', r'5 technicians are said', lambda t: t[:t.index('\n6 ')] + '\n')):
        name = path('bad.txt', damage(trsp(SEED)))
        code, out, err = fettle(name)
        check(code == USAGE and re.search(sentence, err) and not out, f'{what}: {code} {out}{err}')


def test_what_can_not_be_read_and_what_is_asked_wrongly_says_so():
    problem = path('s.txt', solomon(SEED)[0])
    expect(USAGE, 'nowhere.txt can not be read', os.path.join(scratch, 'nowhere.txt'))
    expect(USAGE, 'can not be read', scratch)
    expect(USAGE, r'line 2, column \d', '-', text='{"places":\n [}')
    expect(USAGE, 'line 1, column .*duplicate object key', '-', text='{"places": [], "places": []}')
    expect(USAGE, 'give one file', )
    expect(USAGE, 'there is no option --second', problem, '--second', '1')
    for option, value in (('--seconds', '0'), ('--seconds', 'ten'), ('--seconds', 'nan'), ('--threads', '0'), ('--seed', '-1'),
                          ('--objective', 'fun'), ('--convention', 'loose'), ('--format', 'xml'), ('--clock', '-3')):
        expect(USAGE, f'{option} {value}', problem, option, value)
    expect(USAGE, 'takes a problem and a plan', 'check', problem)
    expect(USAGE, '--osrm is for JSON problems', problem, '--osrm', 'http://localhost:1')


def test_three_hundred_damaged_files_are_answered_not_crashed_on():
    chance = random.Random(SEED)
    wholes = [json.dumps(line_problem()).encode(), solomon(SEED, 6)[0].encode(), trsp(SEED, 2, 4).encode()]
    for number in range(300):
        text = bytearray(wholes[number % 3])
        for _ in range(chance.choice([1, 1, 1, 3, 30])):
            at = chance.randrange(len(text))
            if chance.random() < 0.3:
                del text[at:at + chance.randrange(1, 40)]
            elif chance.random() < 0.5:
                text[at] = chance.randrange(256)
            else:
                text[at:at] = chance.choice([b'0', b'9' * 12, b'-', b'"', b'[', b'null', b'\\u0000', b'1e400', bytes(text[at:at + 60])])
        done = subprocess.run([FETTLE, 'plan', '-', '--seconds', '0.01', '--json'], input=bytes(text), capture_output=True, timeout=60)
        check(done.returncode in (OK, USAGE) and (done.returncode == OK or done.stderr.startswith(b'fettle plan: ')),
              f'round {number} of seed {SEED}: {done}\n{bytes(text)!r}')


if __name__ == '__main__':
    tap.main([value for name, value in list(globals().items()) if name.startswith('test_')])
