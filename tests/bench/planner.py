#!/usr/bin/python3
"""make bench BENCH="planner ...": how good the planner's plans are, and how fast it has them.

usage: tests/bench/run planner [--quick] [--only PART,...] [--threads N]
Parts: solomon, vehicles, homberger, trsp, field. The instances of the literature are not ours to ship: the folders are
VRPTW= (Solomon's text format, and BKS.csv) and TRSP= (and best.csv), or ../shared/data/vrptw and trsp when they are there.
Every plan is verified by `fettle plan check`. Seconds are effort, as `fettle plan --seconds` counts it: a busy machine takes longer
and finds the same plan, so CPU seconds are told beside. VROOM is measured beside it when `vroom` is on the PATH.
"""
import argparse
import collections
import csv
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FETTLE, PLANNER = os.path.join(ROOT, 'build/fettle'), os.path.join(ROOT, 'build/bench/planner')
scratch = tempfile.mkdtemp(prefix='fettle-planner.')


def folder(variable, name):
    """Where the instances are, or None after it has been said that they are missing."""
    place = os.environ.get(variable) or os.path.join(ROOT, '../shared/data', name)
    if os.path.isdir(place):
        return place
    print(f'{variable}: there is no folder {place}: give one with {variable}=; this part is left out')
    return None


def rows(place, name):
    with open(os.path.join(place, name), encoding='utf-8') as file:
        return {row['instance']: row for row in csv.DictReader(file)}


def instances(place, known):
    """Files of the instances that are known, in order; names are compared without regard to case."""
    files = {os.path.splitext(f)[0].upper(): os.path.join(place, f) for f in sorted(os.listdir(place)) if f.endswith('.txt')}
    return [(name, files[name.upper()]) for name in known if name.upper() in files]


def class_of(name):
    return re.match(r'(RC|R|C)(1|2)', name.upper())[0]


def plan(path, seconds, threads, *options):
    """Solved, verified, and what it took; the clock is far away, effort is what counts."""
    before = os.times()
    done = subprocess.run([FETTLE, 'plan', path, '--json', '--seconds', str(seconds), '--threads', str(threads), '--clock',
                           str(min(20 * seconds, 86400)), *options], capture_output=True, text=True)
    after = os.times()
    if done.returncode:
        sys.exit(f'{path}: {done.stderr}')
    kept = os.path.join(scratch, 'plan.json')
    with open(kept, 'w', encoding='utf-8') as file:
        file.write(done.stdout)
    convention = ['--convention', options[options.index('--convention') + 1]] if '--convention' in options else []
    verdict = subprocess.run([FETTLE, 'plan', 'check', path, kept, *convention], capture_output=True, text=True)
    result = json.loads(done.stdout)
    if verdict.returncode and not result['unassigned']:
        sys.exit(f'{path}: {verdict.stdout}{verdict.stderr}')
    if result['is_cut']:
        progress(f'{path}: the clock ended it at twenty times {seconds} s')
    result['cpu'] = after.children_user + after.children_system - before.children_user - before.children_system
    return result


def table(title, heads, lines):
    widths = [max(len(str(line[i])) for line in [heads, *lines]) for i in range(len(heads))]
    print(f'\n{title}')
    for line in [heads, *lines]:
        print('  ' + '  '.join(str(cell).ljust(w) if i == 0 else str(cell).rjust(w) for i, (cell, w) in enumerate(zip(line, widths))))
    sys.stdout.flush()


def progress(text):
    print(text, file=sys.stderr, flush=True)


# ---- VROOM beside it

def points(path):
    with open(path, encoding='utf-8') as file:
        numbers = [list(map(float, line.split())) for line in file if re.match(r'\s*\d+(\s+-?[\d.]+){6}\s*$', line)]
        file.seek(0)
        fleet = next(line.split() for line in file if re.match(r'\s*\d+\s+\d+\s*$', line))
    return int(fleet[0]), int(fleet[1]), numbers


def vroom(path):
    """(distance, unassigned, wall seconds, CPU seconds) of VROOM -x 5 on two threads, in tenths as DIMACS has them."""
    vehicles, capacity, nodes = points(path)
    matrix = [[math.isqrt(int(100 * ((a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2))) for b in nodes] for a in nodes]

    def window(node):
        return [int(10 * node[4]), int(10 * node[5])]
    problem = {
        'vehicles': [{'id': i + 1, 'start_index': 0, 'end_index': 0, 'capacity': [capacity], 'time_window': window(nodes[0])} for i in range(vehicles)],
        'jobs': [{'id': int(n[0]), 'location_index': i, 'service': int(10 * n[6]), 'delivery': [int(n[3])], 'time_windows': [window(n)]}
                 for i, n in enumerate(nodes) if i], 'matrices': {'car': {'durations': matrix}}}
    given, answer = (os.path.join(scratch, name) for name in ('vroom.json', 'vroom-out.json'))
    with open(given, 'w', encoding='utf-8') as file:
        json.dump(problem, file)
    before, began = os.times(), time.monotonic()
    done = subprocess.run(['vroom', '-x', '5', '-t', '2', '-i', given, '-o', answer], capture_output=True, text=True)
    after = os.times()
    if done.returncode:
        sys.exit(f'vroom: {done.stderr or done.stdout}')
    with open(answer, encoding='utf-8') as file:
        out = json.load(file)
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return out['summary']['cost'] / 10, len(out.get('unassigned', [])), time.monotonic() - began, cpu


def has_vroom():
    if shutil.which('vroom'):
        return True
    print('  vroom is not on the PATH: it is not measured')
    return False


# ---- parts

def gaps_by_class(title, found, columns, cpu):
    """found: class -> column -> gaps. A line a class, and one for all. cpu: of each column, of all runs."""
    lines = []
    whole = {column: [gap for by in found.values() for gap in by[column]] for column in columns}
    for name, by in [*sorted(found.items()), ('all', whole)]:
        line = [name, len(by[columns[0]])]
        for column in columns:
            gaps = by[column]
            line += [f'{statistics.mean(gaps):.3f}', f'{max(gaps):.2f}', sum(gap < 0.0005 for gap in gaps)]
        lines.append(line)
    heads = ['class', 'n'] + [f'{column} {what}' for column in columns for what in ('mean %', 'max %', 'as best')]
    table(title, heads, lines)
    print('  CPU: ' + ', '.join(f'{column} {statistics.mean(cpu[column]):.2f} s' for column in columns))


def vroom_line(results, ours):
    if not results:
        return
    gaps = [gap for gap, _, _ in results.values()]
    worse = [name for name in results if results[name][0] < ours[name] - 0.0005]
    print(f'  VROOM -x 5, two threads: mean gap {statistics.mean(gaps):.3f} %, {statistics.mean(w for _, w, _ in results.values()):.1f} s wall, '
          f'{statistics.mean(c for _, _, c in results.values()):.1f} s CPU; better than ours on: {", ".join(worse) or "none"}')


def distance_part(title, chosen, best, seconds, threads):
    found, beside, ours = collections.defaultdict(lambda: collections.defaultdict(list)), {}, {}
    cpu = collections.defaultdict(list)
    measure_vroom = has_vroom()
    for name, path in chosen:
        known = float(best[name]['dimacs_dist'])
        for budget in seconds:
            result = plan(path, budget, threads)
            gap = 100 * (result['distance'] / known - 1) if not result['unassigned'] else math.inf
            cpu[f'{budget} s'].append(result['cpu'])
            found[class_of(name)][f'{budget} s'].append(gap)
            progress(f'{name} {budget} s: {result["distance"]:.1f} of {known:.1f}, {gap:.3f} %, {result["iterations"]} iterations')
            ours[name] = gap
        if measure_vroom:
            distance, unassigned, wall, cpu = vroom(path)
            beside[name] = (100 * (distance / known - 1) if not unassigned else math.inf, wall, cpu)
    gaps_by_class(title, found, [f'{budget} s' for budget in seconds], cpu)
    vroom_line(beside, ours)


def some(chosen, quick, count):
    """When quick, a few from all over."""
    return chosen[::max(1, len(chosen) // count)][:count] if quick else chosen


def solomon(options):
    place = folder('VRPTW', 'vrptw')
    if place:
        best = rows(place, 'BKS.csv')
        chosen = some(instances(place, [n for n, row in best.items() if row['customers'] == '100']), options.quick, 6)
        distance_part(f'Solomon, DIMACS, {options.threads} threads: gap to the best known', chosen, best, [1] if options.quick else [1, 10], options.threads)


def homberger(options):
    place = folder('VRPTW', 'vrptw')
    if not place:
        return
    best = rows(place, 'BKS.csv')
    for customers, seconds in ((200, [10]), (400, [10, 60]), (1000, [60])):
        chosen = some(instances(place, [n for n, row in best.items() if row['customers'] == str(customers)]), options.quick, 1)
        if chosen and not (options.quick and customers > 400):
            distance_part(f'Gehring-Homberger {customers}, DIMACS, {options.threads} threads: gap to the best known', chosen, best,
                          [5] if options.quick else seconds, options.threads)


def vehicles(options):
    place = folder('VRPTW', 'vrptw')
    if not place:
        return
    best, seconds = rows(place, 'BKS.csv'), 3 if options.quick else 30
    chosen = some(instances(place, [n for n, row in best.items() if row['customers'] == '100']), options.quick, 4)
    lines, total, wanted, gaps = collections.defaultdict(lambda: [0, 0, []]), 0, 0, []
    for name, path in chosen:
        known, distance = int(best[name]['sintef_vehicles']), float(best[name]['sintef_dist'])
        result = plan(path, seconds, options.threads, '--objective', 'vehicles', '--convention', 'exact')
        progress(f'{name}: {result["vehicles"]} vehicles of {known}, {result["distance"]:.2f} of {distance:.2f}')
        line = lines[class_of(name)]
        line[0] += result['vehicles']
        line[1] += known
        total, wanted = total + result['vehicles'], wanted + known
        if result['vehicles'] == known:
            line[2].append(100 * (result['distance'] / distance - 1))
            gaps.append(line[2][-1])
    table(f'Solomon, fewest vehicles first, {seconds} s, double precision', ['class', 'vehicles', 'best known', 'distance, same number, %'],
          [[name, got, known, f'{statistics.mean(g):.3f}' if g else '-'] for name, (got, known, g) in sorted(lines.items())]
          + [['all', total, wanted, f'{statistics.mean(gaps):.3f}' if gaps else '-']])


def trsp(options):
    place = folder('TRSP', 'trsp')
    if not place:
        return
    best, seconds = rows(place, 'best.csv'), 2 if options.quick else 10
    chosen = some(instances(place, best), options.quick, 6)
    found, left_out = collections.defaultdict(list), []
    for name, path in chosen:
        known = float(best[name]['best_total_working_time'])
        result = plan(path, seconds, options.threads)
        gap = 100 * (result['working_time'] / known - 1)
        progress(f'{name}: {result["working_time"]:.2f} of {known:.2f}, {gap:.2f} %, {len(result["unassigned"])} unassigned')
        if result['unassigned']:
            left_out.append(f'{name} ({len(result["unassigned"])})')
        else:
            found[class_of(name)].append(gap)
    whole = [gap for gaps in found.values() for gap in gaps]
    table(f'TRSP, {seconds} s, {options.threads} threads: working time against the best published',
          ['class', 'n', 'mean %', 'worst %', 'as good', 'within 1 %'],
          [[name, len(g), f'{statistics.mean(g):.2f}', f'{max(g):.2f}', sum(x < 0.0005 for x in g), sum(x < 1 for x in g)]
           for name, g in [*sorted(found.items()), ('all', whole)] if g])
    if left_out:
        print(f'  requests left out in: {", ".join(left_out)}')


def ask_planner(*words):
    done = subprocess.run([PLANNER, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f'planner {" ".join(map(str, words))}: {done.stderr}')
    return {line.split()[0]: float(line.split()[1]) for line in done.stdout.splitlines()}


def field(options):
    engineers, count, more = (100, 1000, 200) if options.quick else (1000, 10000, 2000)
    got = ask_planner('place', engineers, count, more, 1 if options.quick else 10, 1)
    table(f'One visit into a live plan of {engineers:,} engineers x {count:,} visits, everybody answered with a reason', ['', 'p50', 'p99', 'CPU p50', 'p99'],
          [[what, *(f'{got[f"{key}{clock}_{part}_us"] / 1000:.3f} ms' for clock in ('', '_cpu') for part in ('p50', 'p99'))] for what, key in (
              ('five best', 'place'), ('and taking the place of a lesser one', 'displace'), ('repair around it, 400 iterations', 'repair'))])
    print(f'  {got["decisions_per_s"]:,.0f} decisions/s, {got["decisions_per_cpu_s"]:,.0f} a CPU second, {got["placed_percent"]:.1f} % placed, repair gains {got["repair_gain_min"]:.1f} minutes a visit')
    lines = []
    for engineers, count, seconds in ((100, 1000, 2),) if options.quick else ((100, 1000, 1), (100, 1000, 10), (1000, 10000, 10), (1000, 10000, 60)):
        got = ask_planner('whole', engineers, count, seconds, options.threads, 1)
        lines.append([f'{engineers:,} x {count:,}, {seconds} s', f'{got["greedy_s"]:.2f} s', f'{got["greedy_cpu_s"]:.2f} s', f'{got["greedy_travel_h"]:.1f} h',
                      int(got['greedy_unassigned']), f'{got["travel_h"]:.1f} h', int(got['unassigned']), f'{got["less_travel_percent"]:.1f} %'])
    table(f'A plan from nothing, {options.threads} threads', ['engineers x visits, effort', 'greedy', 'CPU', 'travel', 'unassigned', 'then', 'unassigned', 'less'], lines)
    seeds = (1,) if options.quick else (1, 2, 3)
    runs = [ask_planner('replan', 100, 1000, 2, options.threads, seed) for seed in seeds]
    table(f'A disturbed day, 100 x 1,000, one visit in twenty cancelled, as many new, 2 s, {len(seeds)} seeds', ['price of a moved visit', 'moved', 'gain kept'],
          [[f'{minutes} min', *(f'{statistics.mean(run[f"{what}_{minutes}_percent"] for run in runs):.1f} %' for what in ('moved', 'kept'))]
           for minutes in (0, 5, 10, 15)])


PARTS = collections.OrderedDict(solomon=solomon, vehicles=vehicles, homberger=homberger, trsp=trsp, field=field)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--quick', action='store_true', help='a few instances, about a minute: shows that it works, not how well')
    parser.add_argument('--only', default=','.join(PARTS), help='some of the parts')
    parser.add_argument('--threads', type=int, default=min(2, os.cpu_count()))
    options = parser.parse_args()
    chosen = options.only.split(',')
    if unknown := [part for part in chosen if part not in PARTS]:
        parser.error(f'there is no part {unknown[0]}: {", ".join(PARTS)}')
    try:
        print(f'{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}')
        for part in chosen:
            PARTS[part](options)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


main()
