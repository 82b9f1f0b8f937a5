"""Spoilt files at every command of `fettle` that reads one, each in a process of its own (F12, I14): nobody dies or hangs, what is
refused is told with its place, and of files that change something every row is answered once: accepted, done before, or rejected.
FETTLE_HOSTILE_FILES=100000 gives so many to each command, as .ci/run does; `make test` gives a few thousand.

    hostile_files_test.py [--seed N] [--count N] [--only WORD]"""
import argparse
import glob
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import company, proto                              # noqa: E402
from lib.bus import ACCEPTED                                # noqa: E402
from lib.company import INTAKE, INVENTORY, SCHEDULER        # noqa: E402
from lib.stack import BUILD, SERVICES, Stack                # noqa: E402
from lib.tap import check, main                             # noqa: E402

SEED = 20261126
IS_SAN = 'san' in BUILD.split('/')
COUNT = int(os.environ.get('FETTLE_HOSTILE_FILES', 0)) or (100 if IS_SAN else 2000)
ROOT = proto.ROOT
FUZZ = f'{ROOT}/tests/fuzz/seeds'
AT_ONCE = 2                     # storms of one command, each with its share of the files
ALWAYS = json.dumps({'cases': [
    {'id': '1', 'calendar': '24x7', 'start': '2026-06-08T06:30:00Z', 'budget_s': 7200, 'due_at': '2026-06-08T08:30:00Z'},
    {'id': '2', 'calendar': '24x7', 'start': '2026-06-08T06:30:00Z', 'budget_s': 60, 'pauses': [['2026-06-08T06:30:10Z', None]],
     'due_at': None}]}, indent=1)
PLAN = '{"routes": [{"resource": "1", "visits": ["1", "2"]}]}'


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return path


class World:
    def __init__(self, stack, count, seed):
        self.stack, self.count, self.seed = stack, count, seed
        self.folder = f'{stack.home}/files'
        self.kept = f'{BUILD}/hostile/kept'
        for folder in (self.folder, self.kept):
            os.makedirs(folder, exist_ok=True)

    def examples(self, name, contents):
        for number, content in enumerate(contents):
            write(f'{self.folder}/{name}/{number:03}', content)
        return f'{self.folder}/{name}'

    def start(self, number, examples, command, count, says='.', file=None, rows=False, environment=None):
        arguments = [f'{BUILD}/hostile/file_storm', '--seed', str(self.seed * 100 + number), '--count', str(count), '--examples', examples,
                     '--keep', self.kept, '--says', says]
        arguments += (['--file', file] if file else []) + (['--rows'] if rows else []) + command
        return subprocess.Popen(arguments, env={**self.stack.environment, **(environment or {})}, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors='replace')

    def storm(self, examples, *commands, file=None, **options):
        """All the files, shared among the commands; the sums."""
        at_once = [commands[number % len(commands)] for number in range(1 if file else max(AT_ONCE, len(commands)))]
        running = [self.start(number, examples, command, self.count // len(at_once), file=file, **options)
                   for number, command in enumerate(at_once)]
        told = [one.communicate() for one in running]
        check(all(one.returncode == 0 for one in running), '\n'.join(f'{out[-500:]}{error[-6000:]}' for out, error in told if error))
        sums = [json.loads(out.splitlines()[-1]) for out, _ in told]
        total = {name: (max if name in ('longest_ms', 'most_mb') else sum)(one[name] for one in sums) for name in sums[0]}
        check(total['files'] == self.count // len(at_once) * len(at_once), total)
        return total


def sentence(total):
    text = f'{total["files"]} files = {total["taken"]} taken + {total["no"]} answered with no + {total["refused"]} refused'
    if total['rows']:
        text += f'; {total["rows"]} rows = {total["accepted"]} accepted + {total["duplicate"]} done before + {total["rejected"]} rejected'
    return f'{text}; at most {total["longest_ms"]} ms and {total["most_mb"]} MB'


# ---- commands that need no service

def test_f12_sla_check_withstands_spoilt_files(world):
    with open(f'{ROOT}/tests/e2e/sla_cases.json', encoding='utf-8') as file:
        known = json.load(file)
    some = [json.dumps({'calendars': {case['calendar']: known['calendars'][case['calendar']]}, 'cases': [case]}, indent=1)
            for case in known['cases'] if case['calendar'] in known['calendars']]
    examples = world.examples('sla', [ALWAYS, read(f'{FUZZ}/sla_file/two'), *some])
    return sentence(world.storm(examples, ['sla', 'check', '@'], says='sla: |not ok|FAILED|failed'))


def test_f12_sla_due_withstands_spoilt_calendars(world):
    examples = world.examples('sla-due', [read(f'{FUZZ}/sla_file/two')])
    return sentence(world.storm(examples, ['sla', 'due', '--calendar', '@:Rome', '--start', '2026-06-08T06:30:00Z', '--budget', '5h'],
                                says='sla: '))


def problems():
    return [read(path)[1:].split(b'\0')[0] for path in sorted(glob.glob(f'{FUZZ}/plan/*'))]


def test_f12_plan_withstands_spoilt_problems(world):
    return sentence(world.storm(world.examples('plan', problems()), ['plan', '@', '--seconds', '0.01', '--json'],
                                ['plan', '@', '--seconds', '0.01'], says='plan: '))


def test_f12_plan_check_withstands_spoilt_plans(world):
    problem = write(f'{world.folder}/problem', problems()[0])
    examples = world.examples('plan-check', [PLAN, 'Route #1: 1 2\nCost 51.5\n', 'Route #1: 1\nRoute #2: 2\n'])
    return sentence(world.storm(examples, ['plan', 'check', problem, '@'], says='plan check|plan: |violation: '))


def test_f12_plan_check_withstands_spoilt_problems(world):
    plan = write(f'{world.folder}/good-plan', PLAN)
    return sentence(world.storm(world.examples('plan', problems()), ['plan', 'check', '@', plan], says='plan check|plan: |violation: '))


def test_f12_keys_withstands_spoilt_certificates(world):
    world.stack.fettle('keys', 'new', 'stranger', '--role', 'engineer', '--for', 'e1')
    key = f'{world.stack.home}/keys/clients/stranger.key'
    return sentence(world.storm(world.examples('keys', [read(key)]), ['keys'], says='keys', file=key))


def test_f12_restore_withstands_spoilt_manifests(world):
    """With a server that is not there: what the archive holds is of Postgres, and guarded by the checksum in the manifest."""
    world.stack.fettle('backup', f'{world.folder}/backup')
    manifest = f'{world.folder}/backup/manifest.json'
    return sentence(world.storm(world.examples('manifest', [read(manifest)]), ['restore', f'{world.folder}/backup', '--dry-run'],
                                says='restore: .*', file=manifest, environment={
                                    'FETTLE_ADMIN_DSN': f'host={world.folder} dbname=none user=nobody'}))


# ---- commands that change a running company

def figures(world):
    """(commands that services have accepted, dead letters)"""
    def total(query):
        return world.stack.value(' + '.join(f'(select count (*) from {proto.schema_of(s)}.{query})' for s in SERVICES).join(('select ', ' as n')))
    return total(f'reply where status = {ACCEPTED}'), total('dead_letter')


def changes(world, *storm, **options):
    """A storm after which services have accepted exactly what the command says they have, nobody has died, no letter is dead."""
    pids, (accepted, dead) = world.stack.pids(), figures(world)
    total = world.storm(*storm, **options)
    world.stack.wait_quiet(180)
    now, dead_now = figures(world)
    check(world.stack.pids() == pids, f'somebody died: {pids} are now {world.stack.pids()}')
    said = total['accepted'] if options.get('rows') else total['taken']
    check(now - accepted == said, f'{now - accepted} commands were accepted, {said} were told: {total}')
    check(dead_now == dead, f'{dead_now - dead} dead letters')
    return sentence(total)


def test_f12_i14_load_answers_every_row_of_spoilt_files(world):
    known = [{'type': name, 'data': data} for name, data in company.commands()]
    chunks = [known[at:at + 1 + at // 3 % 4] for at in range(0, len(known), 3)]
    examples = world.examples('load', [json.dumps({'commands': chunk}, indent=number % 3 or None) for number, chunk in enumerate(chunks)])
    return changes(world, examples, ['load', '@', '--json', '--patience', '0'], rows=True, says='command|line|column|list of commands|"message"|read')


def test_f12_i14_send_answers_every_message_of_spoilt_files(world):
    customers = [data for name, data in company.commands() if name == INTAKE + 'RegisterCustomer']
    receipts = [{**data, 'documentId': f'storm-{n}'} for n, data in enumerate(
        data for name, data in company.commands() if name == INVENTORY + 'ReceiveStock')]
    for receipt in receipts:
        receipt.pop('document_id')
    examples = world.examples('send', [json.dumps(customers[0]), json.dumps(customers, indent=1), '\n'.join(map(json.dumps, customers)),
                                       json.dumps(receipts[0], indent=1), '\n'.join(map(json.dumps, receipts))])
    return changes(world, examples, ['send', 'RegisterCustomer', '@', '--json'], ['send', 'ReceiveStock', '@', '--json'],
                   says='send: |"message"', rows=True)


def test_f12_i14_calendar_import_answers_every_spoilt_feed(world):
    world.stack.bus().do(SCHEDULER + 'PublishCalendar', {'calendar_id': 'storm', 'details': {
        'name': 'Storm', 'time_zone': 'Europe/Rome', 'weekly': company.WEEK}})
    examples = world.examples('ics', [read(path) for path in sorted(glob.glob(f'{FUZZ}/ics/*'))])
    return changes(world, examples, ['calendar', 'import', '@', '--calendar', 'storm', '--source', 'storm'], says='line|iCalendar|calendar: ')


def test_f12_i14_afterwards_the_audit_is_clean(world):
    world.stack.audit(180)


if __name__ == '__main__':
    options = argparse.ArgumentParser()
    options.add_argument('--seed', type=int, default=SEED)
    options.add_argument('--count', type=int, default=COUNT)
    options.add_argument('--only', default='')
    chosen = options.parse_args()
    print(f'# seed {chosen.seed}, {chosen.count} files for each command')
    with Stack() as running:
        running.start()
        company.settle(running, running.bus())
        main([test for name, test in list(globals().items()) if name.startswith('test_') and chosen.only in name],
             World(running, chosen.count, chosen.seed))
