"""Runs the fault matrix, or some of it, each scenario in a world of its own and for its full time, and writes the table of results
into docs/reliability.md. `make chaos`, `make chaos F=F7,F12 SEED=4711`. Ends with "N passed, N failed"."""
import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
DOCUMENT = os.path.join(ROOT, 'docs/reliability.md')
BEGIN, END = '<!-- results: written by `make chaos` -->', '<!-- end of results -->'
LIMIT_S = 1800                  # for one file


def number_of(fault):
    return (fault[:1] != 'F', int(re.sub(r'\D', '', fault) or 0))


def files():
    """path -> the faults it has, in order of these."""
    found = {}
    for name in sorted(os.listdir(HERE)):
        if re.match(r'f\d+.*\.py$', name):
            with open(os.path.join(HERE, name), encoding='utf-8') as file:
                found[os.path.join(HERE, name)] = {fault.upper() for fault in re.findall(r'def test_([a-z]\d+)_', file.read())}
    return dict(sorted(found.items(), key=lambda entry: min(map(number_of, entry[1]))))


def machine():
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        model = next((line.split(':')[1].strip() for line in file if line.startswith('model name')), platform.machine())
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2 ** 30
    return f'{os.cpu_count()} x {model}, {memory:.0f} GiB, Linux {platform.release().split("-")[0]}'


# ---- the table

HEAD = ['| fault | what was done | accepted | lost | doubled | recovered, s | verdict | seed, day |', '|---|---|---|---|---|---|---|---|']


def row_of(result, day):
    figures = result['figures']
    done = result['sentence'] + (f': {result["remark"]}' if result['remark'] and result['verdict'] != 'not run' else '')
    verdict = f'not run: {result["remark"]}' if result['verdict'] == 'not run' else result['verdict']
    accepted = f'{figures["accepted"]:,}' if 'accepted' in figures else f'{figures["said"]:,} said' if 'said' in figures else '–'
    cells = [result['fault'], done.replace('|', '/'), accepted, *(str(figures.get(name, '–')) for name in ('lost', 'doubled', 'recovered_s')),
             verdict.replace('|', '/'), f'{result["seed"]}, {day}']
    return '| ' + ' | '.join(cells) + ' |'


def key_of(row):
    """Fault and sentence: what a row is found again by."""
    cells = row.split(' | ')
    return cells[0].strip('| '), cells[1].split(':')[0]


def write_table(results, is_whole):
    with open(DOCUMENT, encoding='utf-8') as file:
        before, rest = file.read().split(BEGIN)
    old, after = rest.split(END)
    lines = [line for line in old.splitlines() if line.startswith('| ') and not line.startswith('| fault')]
    rows = {} if is_whole else {key_of(line): line for line in lines}
    day = time.strftime('%Y-%m-%d')
    rows.update({(result['fault'], result['sentence']): row_of(result, day) for result in results})
    said = [line for line in old.splitlines() if line.startswith('Machine')]
    where = f'Machine of the last whole run: {machine()}.' if is_whole else said[0] if said and 'whole run' in said[0] else f'Machine: {machine()}.'
    table = '\n'.join([*HEAD, *(rows[key] for key in sorted(rows, key=lambda key: number_of(key[0])))])
    with open(DOCUMENT, 'w', encoding='utf-8') as file:
        file.write(f'{before}{BEGIN}\n{where}\n\n{table}\n{END}{after}')


# ---- the run

def tell_as_they_come(path, stop, tell):
    with open(path, encoding='utf-8') as file:
        while True:
            line = file.readline()
            if line.endswith('\n'):
                tell(json.loads(line))
            elif stop.is_set():
                return
            else:
                time.sleep(0.1)


def line_of(result):
    figures = result['figures']
    parts = [f'{figures[name]} {name}' for name in ('accepted', 'said', 'lost', 'doubled') if name in figures]
    parts += [f'recovered in {figures["recovered_s"]} s'] if 'recovered_s' in figures else []
    text = '; '.join(part for part in (result['remark'] if result['verdict'] != 'not run' else '', ', '.join(parts)) if part)
    why = f': {result["remark"]}' if result['verdict'] == 'not run' else ''
    return f'{result["fault"]:<4} {result["sentence"]}{": " + text if text else ""} ({result["took_s"]:.0f} s): {result["verdict"]}{why}'


def run_file(path, faults, seed, results):
    """Runs one file; its results are told as they come, and added. What the file owed and did not tell has failed."""
    name = os.path.basename(path)
    log = os.path.join(ROOT, 'build/chaos-logs', name.replace('.py', '.log'))
    os.makedirs(os.path.dirname(log), exist_ok=True)
    count, stop = len(results), threading.Event()

    def tell(result):
        results.append(result)
        print(line_of(result))
        print(''.join(f'     {line}\n' for line in result['problems'][:20]), end='', flush=True)
    with tempfile.NamedTemporaryFile(suffix='.jsonl') as told, open(log, 'w', encoding='utf-8') as output:
        teller = threading.Thread(target=tell_as_they_come, args=(told.name, stop, tell))
        teller.start()
        arguments = [sys.executable, path, '--long', '--seed', str(seed), *(['--faults', ','.join(sorted(faults))] if faults else [])]
        try:
            code = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output, timeout=LIMIT_S, check=False,
                                  env={**os.environ, 'FETTLE_CHAOS_RESULTS': told.name}).returncode
        except subprocess.TimeoutExpired:
            code = f'nothing after {LIMIT_S} s'
        stop.set()
        teller.join()
    has_failed = any(result['verdict'] == 'FAILED' for result in results[count:])
    if len(results) == count or code != 0 and not has_failed:
        tell({'fault': sorted(faults)[0] if faults else name[:3].upper(), 'sentence': f'{name} ended with {code}', 'seed': seed, 'figures': {},
              'remark': f'see {os.path.relpath(log, ROOT)}', 'verdict': 'FAILED', 'problems': [], 'took_s': 0})


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--faults', default='', help='F7,F12: only these; all when not given')
    options.add_argument('--seed', type=int)
    chosen = options.parse_args()
    seed = chosen.seed if chosen.seed is not None else int(time.time()) % 10 ** 8
    wanted = {name.upper() for name in re.split(r'[,\s]+', chosen.faults) if name}
    unknown = wanted - set().union(*files().values())
    if unknown:
        sys.exit(f'{", ".join(sorted(unknown))}: there is no such fault here. There are '
                 + ', '.join(sorted(set().union(*files().values()), key=number_of)))
    print(f'seed {seed}: again with SEED={seed}\n{machine()}', flush=True)
    results = []
    for path, faults in files().items():
        if not wanted or wanted & faults:
            run_file(path, wanted & faults, seed, results)
    write_table(results, not wanted)
    counts = {verdict: sum(result['verdict'] == verdict for result in results) for verdict in ('passed', 'FAILED', 'not run')}
    if counts['not run']:
        print(f'{counts["not run"]} not run')
    print(f'{counts["passed"]} passed, {counts["FAILED"]} failed')
    sys.exit(1 if counts['FAILED'] else 0)


if __name__ == '__main__':
    main()
