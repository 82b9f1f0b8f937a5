"""`fettle plan` and `fettle plan check`: problems made from a seed in all three formats, good and bad input, what is printed, exit
codes, plans damaged in every way there is, the documents, and a routing service that behaves and one that does not."""
import copy
import json
import math
import os
import pty
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jsonschema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import tap                                         # noqa: E402
from lib.tap import check                                   # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FETTLE = os.path.join(os.environ.get('FETTLE_BUILD', os.path.join(ROOT, 'build')), 'fettle')
OK, NO, USAGE, UNREACHABLE = 0, 1, 2, 3
SEED = 20260608
scratch = tempfile.mkdtemp(prefix='plan.', dir=os.environ.get('FETTLE_TEST_SCRATCH'))


def fettle(*arguments, text=None):
    done = subprocess.run([FETTLE, 'plan', *map(str, arguments)], input=text, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def path(name, content):
    place = os.path.join(scratch, name)
    with open(place, 'w', encoding='utf-8') as file:
        file.write(content if isinstance(content, str) else json.dumps(content))
    return place


def expect(code, out, *arguments, text=None):
    """The exit code, and a regular expression in what is printed (out or err). Returns standard output."""
    found, stdout, stderr = fettle(*arguments, text=text)
    check(found == code and re.search(out, stdout + stderr, re.M),
          f'{arguments}: exit code {found}, expected {code} with {out}:\n{stdout[-1500:]}{stderr[-1500:]}')
    return stdout


def solve(problem, *options):
    """Effort, not time: the clock is far away, so that a busy machine finds the same plan."""
    return json.loads(expect(OK, '', problem, '--json', '--seconds', '0.2', '--clock', '60', *options))


# ---- problems

def leg(one, other, cut):
    distance = math.dist(one, other)
    return math.floor(10 * distance + 1e-9) / 10 if cut else distance


def drives(rows, tour, capacity):
    """Whether a vehicle can do these customers, in tenths as DIMACS has them, told by this program alone."""
    place, time, load = rows[0], 0, 0
    for number in [*tour, 0]:
        node = rows[number]
        time = max(time + round(10 * leg(place[1:3], node[1:3], True)), 10 * node[4])
        load += node[3]
        if time > 10 * node[5] or load > capacity:
            return False
        place, time = node, time + 10 * node[6]
    return True


def solomon(seed, customers=30, vehicles=9, capacity=60):
    """A look-alike: customers around a depot, with windows that a drive from there can keep."""
    chance, rows = random.Random(seed), [(0, 50, 50, 0, 0, 400, 0)]
    for number in range(1, customers + 1):
        x, y = chance.randrange(100), chance.randrange(100)
        opens = chance.randrange(math.ceil(math.dist((x, y), (50, 50))), 250)
        rows.append((number, x, y, chance.randrange(1, 20), opens, opens + chance.randrange(10, 60), 10))
    lines = '\n'.join('  '.join(map(str, row)) for row in rows)
    return (f'S{seed}\n\nVEHICLE\nNUMBER     CAPACITY\n  {vehicles}   {capacity}\n\nCUSTOMER\nCUST NO.  XCOORD.   YCOORD.    DEMAND   '
            f'READY TIME  DUE DATE   SERVICE   TIME\n\n{lines}\n'), rows


def trsp(seed, technicians=5, requests=20):
    chance = random.Random(seed)
    rows = ['0 50 50 0 600 0 [] [] []']
    for number in range(1, technicians + 1):
        skills = sorted(chance.sample(range(3), 2))
        rows.append(f'{number} {chance.randrange(100)} {chance.randrange(100)} 0 600 0 {skills} [0] [{chance.randrange(4)},2]'.replace(', ', ','))
    for number in range(technicians + 1, technicians + requests + 1):
        opens = chance.randrange(100, 300)
        tools = chance.choice(['[]', '[0]', '[1]'])
        rows.append(f'{number} {chance.randrange(100)} {chance.randrange(100)} {opens} {opens + 200} 10 [{chance.randrange(3)}] {tools} '
                    f'[{chance.randrange(2)},0]')
    head = f'T{seed}\n\nINFO\nCREW COUNT  SKILLS  TOOLS   SPARE PARTS\n{technicians}  3  2  2\n\nDEPOT TECHNICIANS AND REQUESTS\n'
    return head + 'ID   X     Y     TWS    TWE    Serv   SKILLS   TOOLS    SPARE PARTS\n' + '\n'.join(rows) + '\n'


def line_problem():
    """Everything on a line, a unit of time apart: small enough to know by heart. Home is at 0."""
    places = [{'id': f'p{i}'} for i in range(6)]
    table = [[abs(i - j) * 10 for j in range(6)] for i in range(6)]

    def person(name, **more):
        return {'id': name, 'shifts': [{'from': 0, 'to': 500, 'start': 'p0', 'end': 'p0'}], **more}

    def visit(name, place, **more):
        return {'id': name, 'place': place, 'work': 20, 'unassigned_price': 100000, **more}
    return {
        'places': places, 'matrix': {'time': table}, 'supply_place': 'p5',
        'policy': {'travel_per_hour': 3600},
        'resources': [person('anna', skills=[{'skill': 'gas', 'level': 2, 'until': 400}], tools=['ladder'], territories=['north'],
                             parts=[{'part': 'fuse', 'quantity': 1}], capacity=3, visits_max=4),
                      person('bruno', pauses=[{'from': 200, 'to': 230}])],
        'visits': [visit('gas', 'p1', skills=[{'skill': 'gas', 'level': 2}], territory='north'),
                   visit('roof', 'p2', tools=['ladder'], load=2),
                   visit('fuse', 'p3', parts=[{'part': 'fuse'}], load=1),
                   visit('early', 'p1', windows=[[0, 60]]),
                   visit('fixed', 'p2', fixed_at=100, fixed_resource='bruno'),
                   visit('pair', 'p4', crew=2),
                   visit('second', 'p4', after='early', after_gap=5),
                   visit('started', 'p1', told_resource='bruno', told_at=10, is_started=True, required=['bruno', 'anna'])]}


GOOD = {'routes': [{'resource': 'anna', 'visits': ['gas', 'roof', 'fuse', 'pair']},
                   {'resource': 'bruno', 'visits': ['started', 'early', 'fixed', 'pair', 'second']}]}


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

def put(problem, *where_and_value):
    *where, last, value = where_and_value
    for step in where:
        problem = problem[step]
    problem[last] = value


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


# ---- checking

def test_a_plan_of_ours_and_one_of_lines_are_valid_and_cost_the_same():
    problem = path('line.json', line_problem())
    expect(OK, r'^valid: 2 vehicles, distance \d+, cost \d+, 0 unassigned$', 'check', problem, path('good.json', GOOD))
    text, _ = solomon(SEED)
    problem = path('s.txt', text)
    plan = solve(problem)
    lines = ''.join(f'Route #{i + 1}: {" ".join(r["visits"])}\n' for i, r in enumerate(plan['routes'])) + f'Cost {plan["distance"]}\n'
    with_json = expect(OK, '^valid: ', 'check', problem, path('s.json', plan))
    check(with_json == expect(OK, '^valid: ', 'check', problem, path('s.sol', lines)), with_json)


def test_an_appointment_at_a_place_of_its_own_is_kept_and_told_on_which_side_a_visit_is():
    problem = line_problem()
    put(problem, 'resources', 1, 'pauses', [{'from': 200, 'to': 230, 'place': 'p5'}])
    name = path('appointment.json', problem)
    plan = solve(name)
    check(not plan['unassigned'], plan['unassigned_why'])
    expect(OK, rf'cost {plan["cost"]},', 'check', name, path('appointment-plan.json', plan))
    put(problem, 'resources', 1, 'pauses', [{'from': 30, 'to': 40, 'place': 'p5'}])
    expect(NO, r'pause: must be there by 30, can not before', 'check', path('appointment.json', problem), path('good.json', GOOD))


def routes(plan, anna=None, bruno=None):
    plan['routes'][0]['visits'] = anna if anna is not None else plan['routes'][0]['visits']
    plan['routes'][1]['visits'] = bruno if bruno is not None else plan['routes'][1]['visits']


# what, the sentence, how the plan is damaged, how the problem is changed
DAMAGED_PLANS = [
    ('a visit twice in a route', r'stop 3 \(visit gas\): is there twice, at stop 1', lambda p: routes(p, ['gas', 'roof', 'gas']), None),
    ('a visit in two routes', r'visit early: is there twice: 2 come, 1 wanted', lambda p: routes(p, ['early', 'gas', 'pair']), None),
    ('a visit that must be done left out', r'visit gas: nobody does it', lambda p: routes(p, ['roof', 'fuse', 'pair']),
     lambda p: p['visits'][0].pop('unassigned_price')),
    ('a skill that he has not', r'\(visit gas\): skill: needs skill "gas" level 2, has none',
     lambda p: routes(p, ['pair'], ['started', 'early', 'fixed', 'gas', 'pair', 'second']), lambda p: p['visits'][0].pop('territory')),
    ('a skill that ends before the work', r'skill: needs skill "gas" until 30, has it until 29', lambda p: None,
     lambda p: put(p, 'resources', 0, 'skills', 0, 'until', 29)),
    ('a tool that he does not carry', r'\(visit roof\): tool: needs tool "ladder", does not carry it',
     lambda p: routes(p, ['gas', 'fuse', 'pair'], ['started', 'early', 'fixed', 'roof', 'pair', 'second']), None),
    ('a part that he has not', r'\(visit fuse\): part: needs 1 of part "fuse", has 0',
     lambda p: routes(p, ['gas', 'roof', 'pair'], ['started', 'early', 'fixed', 'fuse', 'pair', 'second']), None),
    ('a territory that is not his', r'\(visit early\): territory: "south" is not one of his',
     lambda p: routes(p, ['early', 'pair'], ['started', 'fixed', 'pair', 'second']), lambda p: put(p, 'visits', 3, 'territory', 'south')),
    ('a load too large', r'\(visit fuse\): capacity: 3 with this one, has 2', lambda p: None, lambda p: put(p, 'resources', 0, 'capacity', 2)),
    ('a visit too many', r'\(visit pair\): visits_max: 4 with this one, may do 3', lambda p: None,
     lambda p: put(p, 'resources', 0, 'visits_max', 3)),
    ('a window missed', r'\(visit early\): window: must begin by 60, is there at 130',
     lambda p: routes(p, bruno=['started', 'fixed', 'early', 'pair', 'second']), None),
    ('a shift that is too short', r'the way back: shift: must be there by 140, is there at', lambda p: None,
     lambda p: put(p, 'resources', 1, 'shifts', 0, {'from': 0, 'to': 140, 'start': 'p0', 'end': 'p0'}) or p['resources'][1].pop('pauses')),
    ('a lock in time broken', r'\(visit fixed\): lock: must begin at 100, can not before 120',
     lambda p: routes(p, bruno=['started', 'early', 'pair', 'fixed', 'second']), None),
    ('a lock to a resource broken', r'visit fixed: lock: resource "bruno" must do it, does not',
     lambda p: routes(p, ['gas', 'fixed', 'pair'], ['started', 'early', 'pair', 'second']), None),
    ('a crew that is not complete', r'visit pair: crew: needs 2, 1 come', lambda p: routes(p, ['gas', 'roof', 'fuse']), None),
    ('a visit before the one it follows', r'visits of several routes wait|window: must begin by 60',
     lambda p: routes(p, bruno=['started', 'second', 'early', 'fixed', 'pair']), None),
    ('a sequence without its first', r'visit second: order: comes after visit "early", which nobody does',
     lambda p: routes(p, bruno=['started', 'fixed', 'pair', 'second']), None),
    ('what is under way given to another', r'visit started: frozen: resource "bruno" was told to do it and does not',
     lambda p: routes(p, ['started', 'gas', 'pair'], ['early', 'fixed', 'pair', 'second']), None),
    ('what is under way put behind', r'\(visit started\): frozen: another visit was put before it',
     lambda p: routes(p, bruno=['early', 'started', 'fixed', 'pair', 'second']), None),
    ('one who is not required', r'\(visit early\): required: only others may do it', lambda p: None,
     lambda p: put(p, 'visits', 3, 'required', ['anna'])),
    ('one who is excluded', r'\(visit early\): excluded: he must not do it', lambda p: None, lambda p: put(p, 'visits', 3, 'excluded', ['bruno'])),
    ('the supply place twice', r'\(supply\): passes the supply place twice', lambda p: routes(p, ['gas', None, 'roof', None, 'pair']), None),
    ('two routes for one shift', r'two routes for shift 0 of resource anna',
     lambda p: p['routes'].append({'resource': 'anna', 'visits': []}), None),
]


def test_damaged_plans_are_refused_each_for_its_reason():
    for what, sentence, damage, change in DAMAGED_PLANS:
        problem, plan = line_problem(), copy.deepcopy(GOOD)
        damage(plan)
        if change:
            change(problem)
        code, out, err = fettle('check', path('damaged-problem.json', problem), path('damaged.json', plan))
        check(code == NO and re.search(f'^violation: .*({sentence})', out, re.M) and not err, f'{what}: {code}\n{out}{err}')
    return f'{len(DAMAGED_PLANS)} kinds'


def test_every_route_that_is_wrong_is_told():
    problem = line_problem()
    put(problem, 'resources', 0, 'visits_max', 3)
    put(problem, 'visits', 3, 'excluded', ['bruno'])
    out = expect(NO, '', 'check', path('two.json', problem), path('good.json', GOOD))
    check(len(out.splitlines()) == 2 and 'visits_max' in out and 'excluded' in out, out)


def test_customers_left_out_and_loads_and_windows_of_solomons_are_violations():
    text, _ = solomon(SEED)
    problem = path('s.txt', text)
    whole = solve(problem)
    for damage, sentence in (
            (lambda p: p['routes'][0]['visits'].pop(), r'visit \d+: nobody does it'),
            (lambda p: p['routes'][0]['visits'].append(p['routes'][1]['visits'].pop()), r'window|capacity|shift'),
            (lambda p: p['routes'][0]['visits'].reverse(), r'window'),
            (lambda p: p['routes'][0].update(visits=sum((r['visits'] for r in p['routes']), [])) or p.update(routes=p['routes'][:1]), r'capacity'),
            (lambda p: p['routes'][0].update(resource='2'), r'two routes for shift 0 of resource 2')):
        plan = copy.deepcopy(whole)
        damage(plan)
        expect(NO, rf'^violation: .*({sentence})', 'check', problem, path('d.json', plan))


def test_a_plan_that_can_not_be_read_says_where():
    problem, text = path('line.json', line_problem()), path('s.txt', solomon(SEED)[0])
    for content, sentence in (
            ('{"routes": [', 'line 1, column'), ({}, 'routes is missing'), ({'routes': {}}, 'routes: not a list'), ({'rutes': []}, 'unknown key "rutes"'),
            ({'routes': [{'visits': []}]}, r'routes\[0\]: resource is missing'),
            ({'routes': [{'resource': 'carl', 'visits': []}]}, 'there is no resource "carl"'),
            ({'routes': [{'resource': 'anna', 'visits': ['golf']}]}, r'routes\[0\].visits\[0\]: there is no visit "golf"'),
            ({'routes': [{'resource': 'anna', 'shift': 1, 'visits': []}]}, 'shift is not one of the 1')):
        expect(USAGE, sentence, 'check', problem, path('unread.json', content))
    for content, sentence in (('', 'there is no route'), ('Route #1: 1 99\n', 'line 1: there is no visit "99"'), ('Route #10: 1\n', 'up to #9'),
                              ('Tour 1: 2\n', 'line 1: "Tour 1: 2"'), ('Route #1 1 2\n', 'line 1: '), ('Route #1: ' + '1' * 70, 'too long')):
        expect(USAGE, sentence, 'check', text, path('unread.sol', content))
    expect(USAGE, 'can not be read', 'check', text, os.path.join(scratch, 'nowhere.sol'))


# ---- a routing service

class Router(BaseHTTPRequestHandler):
    """Speaks the table protocol of OSRM; `mood` is how it misbehaves."""
    mood, asked = 'good', []

    def log_message(self, *_):
        pass

    def reply(self, status, body, **heads):
        self.send_response(status)
        for name, value in heads.items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):     # it does not wait for more than it wants to know
            pass

    def do_GET(self):
        points = [tuple(map(float, p.split(','))) for p in self.path.split('/')[-1].split('?')[0].split(';')]
        query = dict(part.split('=') for part in self.path.split('?')[1].split('&'))
        rows, columns = ([points[int(i)] for i in query[key].split(';')] for key in ('sources', 'destinations'))
        Router.asked.append((len(rows), len(columns)))
        table = [[1000 * math.dist(a, b) + 0.4 for b in columns] for a in rows]
        answer = {'code': 'Ok', 'durations': table, 'distances': [[10 * x for x in row] for row in table]}
        if self.mood == 'null':
            answer['durations'][1][2] = None
        elif self.mood == 'short':
            answer['durations'].pop()
        elif self.mood == 'narrow':
            answer['distances'][0].pop()
        elif self.mood == 'text':
            answer['durations'][0][0] = 'far'
        elif self.mood == 'negative':
            answer['durations'][0][1] = -1
        elif self.mood == 'code':
            answer['code'] = 'TooBig'
        elif self.mood == 'slow':
            Router.patience.wait(30)
        elif self.mood == 'long':
            answer['rest'] = 'x' * 2000000
        elif self.mood == 'elsewhere':
            return self.reply(302, b'', Location='/elsewhere')
        elif self.mood == 'broken':
            return self.reply(500, b'oh no')
        return self.reply(200, b'<html>' if self.mood == 'html' else json.dumps(answer).encode())


class Service:
    def __enter__(self):
        Router.patience, Router.asked = threading.Event(), []
        self.server = ThreadingHTTPServer(('127.0.0.1', 0), Router)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f'http://127.0.0.1:{self.server.server_address[1]}/table/v1/driving'

    def __exit__(self, *_):
        Router.patience.set()
        self.server.shutdown()
        self.server.server_close()


def points_problem(count):
    chance = random.Random(SEED)
    places = [{'id': f'p{i}', 'lat': 45 + chance.random(), 'lon': 9 + chance.random()} for i in range(count)]
    return {'places': places, 'resources': [{'id': 'r', 'shifts': [{'from': 0, 'to': 900000000, 'start': 'p0', 'end': 'p0'}]}],
            'visits': [{'id': f'v{i}', 'place': f'p{i}', 'work': 1} for i in range(1, count)]}


def test_travel_times_come_from_a_routing_service_in_blocks_it_can_answer():
    problem = points_problem(120)
    with Service() as url:
        Router.mood = 'good'
        plan = json.loads(expect(OK, '', path('points.json', problem), '--osrm', url, '--json', '--seconds', '0.1', '--clock', '60'))
        check(sorted(set(Router.asked)) == [(20, 20), (20, 50), (50, 20), (50, 50)] and len(Router.asked) == 9, str(Router.asked))
        at = {p['id']: (p['lon'], p['lat']) for p in problem['places']}
        tour = ['p0', *('p' + v[1:] for v in plan['routes'][0]['visits']), 'p0']
        length = sum(math.floor(1000 * math.dist(at[a], at[b]) + 0.9) for a, b in zip(tour, tour[1:]))
        check(plan['cost'] == length, f'{plan["cost"]} and {length}')
        expect(OK, rf'^valid: 1 vehicle,.*cost {length},', 'check', path('points.json', problem), path('points-plan.json', plan), '--osrm', url)


def test_a_routing_service_that_misbehaves_is_told_and_nothing_is_planned():
    problem = path('points.json', points_problem(5))
    with Service() as url:
        for mood, sentence in (('null', 'there is no way from p1 to p2'), ('short', 'its durations have 4 rows, asked for 5'),
                               ('narrow', 'a row of its distances has 4 numbers, asked for 5'), ('text', 'durations from p0 to p0 is no number'),
                               ('negative', 'from p0 to p1 is no number'), ('code', 'it says code TooBig'), ('html', 'its answer is not JSON'),
                               ('long', 'its answer is longer than a MiB'), ('elsewhere', 'it sends us elsewhere'), ('broken', 'it answered 500'),
                               ('slow', 'Timeout was reached')):
            Router.mood = mood
            out = expect(UNREACHABLE, sentence, problem, '--osrm', url, '--osrm-seconds', '1' if mood == 'slow' else '30')
            check(not out, out)
            check(len(Router.asked) > 0, 'it was asked')
    expect(UNREACHABLE, "connect", problem, '--osrm', url)
    expect(UNREACHABLE, 'Unsupported protocol|not supported', problem, '--osrm', 'file:///etc')


if __name__ == '__main__':
    tap.main([value for name, value in list(globals().items()) if name.startswith('test_')])
