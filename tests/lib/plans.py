"""For the tests of `fettle plan`: the program, and problems made from a seed in all three formats."""
import json
import math
import os
import random
import re
import subprocess
import tempfile

from lib.tap import check

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


def put(problem, *where_and_value):
    *where, last, value = where_and_value
    for step in where:
        problem = problem[step]
    problem[last] = value


GOOD = {'routes': [{'resource': 'anna', 'visits': ['gas', 'roof', 'fuse', 'pair']},
                   {'resource': 'bruno', 'visits': ['started', 'early', 'fixed', 'pair', 'second']}]}
