"""One message of 200 bytes from a sender through a durable exchange into a row of its receiver, exactly once: our turn and
bus (the services of tests/bench/exchange) beside the peers, driven by one program with one window into one Postgres."""
import glob
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import proto                                                           # noqa: E402
from lib.stack import BUILD, TestFailed, wait_for                               # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SENDER, KEEPER = 'sender', 'keeper'
WINDOW = 1024
SLOW_RATE = 100             # a second


def _file(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


class Fettle:
    """The two services, in schemas of their own of the stack's Postgres."""

    name, title = 'fettle', 'Fettle'

    def __init__(self, stack):
        self.stack = stack
        self.address = f'{stack.home}/applied'

    def start(self):
        os.mkfifo(self.address)
        for service in (SENDER, KEEPER):
            self._migrate(service)
            self.stack.add(service, ['setpriv', '--pdeathsig', 'KILL', f'{BUILD}/bench/exchange/{service}'], {'BENCH_APPLIED': self.address})
        self.stack.wait_ready([SENDER, KEEPER])

    def _migrate(self, service):
        tables = ''.join(_file(path) for path in sorted(glob.glob(f'{proto.ROOT}/common/migrations/*.sql')))
        done = self.stack.psql(f'begin; create role fettle_{service} login; create schema {service}; set local search_path = {service}, public;\n'
                               f'{tables}{_file(f"{HERE}/exchange/services.sql")}'
                               f'grant usage on schema {service} to fettle_{service}; grant all on all tables in schema {service} to fettle_{service};\n'
                               f'grant all on all sequences in schema {service} to fettle_{service}; commit;')
        if done.returncode:
            raise TestFailed(f'the schema of {service}: {done.stderr}')

    def before(self, kind):
        if kind == 'accept':
            self.stack.rest(KEEPER)

    def after(self, kind):
        if kind == 'accept':
            self.stack.resume(KEEPER)
            self.stack.wait_ready([KEEPER])
        wait_for(lambda: self.cursor() == self.head(), lambda: f'the keeper has applied {self.cursor()} of {self.head()}', step_s=0.02)

    def head(self):
        return self.stack.value(f'select last_sequence from {SENDER}.lease')

    def cursor(self):
        rows = self.stack.sql(f"select sequence from {KEEPER}.cursor where source = '{SENDER}'")
        return rows[0]['sequence'] if rows else 0

    def check(self, run, sent):
        """Outbox = effects = cursor: nothing lost, nothing doubled, nothing dead."""
        of_run = f"id >= '{run}:' and id < '{run};'"
        found = self.stack.sql(f'select (select max (last_sequence) from {SENDER}.segment) as outbox, (select last_sequence from {SENDER}.lease) as head, '
                               f'(select sequence from {KEEPER}.cursor) as cursor, (select count (*) from {SENDER}.parcel where {of_run}) as accepted, '
                               f'(select count (*) from {KEEPER}.parcel where {of_run}) as effects, '
                               f'(select count (*) from {KEEPER}.dead_letter) + (select count (*) from {SENDER}.dead_letter) as dead')[0]
        if not (found['accepted'] == found['effects'] == sent and found['outbox'] == found['head'] == found['cursor'] and not found['dead']):
            raise TestFailed(f'{sent} were sent through Fettle, and afterwards: {found}')


def drive(system, kind, count, rate=0):
    """What the driver measured. kind: 'apply' with a receiver, 'accept' without."""
    stack = system.stack
    system.before(kind)
    done = subprocess.run([f'{BUILD}/bench/exchange/driver', system.name, system.address, kind, str(count), str(WINDOW), str(rate),
                           f'{stack.home}/applied', f'host={stack.home}/pg user=postgres dbname=fettle'],
                          env=stack.environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TestFailed(f'{system.title}: {done.stderr.strip()}')
    figures = json.loads(done.stdout)
    system.after(kind)
    if kind == 'apply' or system.name == 'fettle':
        system.check(figures['run'], figures['sent'])
    return figures


def measure(system, size):
    """One round of one system: size.slow messages at 100 a second, size.flood as fast as they are confirmed. Each begins with
    the log of Postgres as far as the others."""
    system.stack.psql('checkpoint')
    slow, accept, apply = drive(system, 'apply', size.slow, SLOW_RATE), drive(system, 'accept', size.flood), drive(system, 'apply', size.flood)
    return {'accept_rate': accept['accept_rate'], 'accept_p50': slow['accept_p50_ms'], 'accept_p99': slow['accept_p99_ms'],
            'apply_rate': apply['apply_rate'], 'apply_p50': slow['apply_p50_ms'], 'apply_p99': slow['apply_p99_ms']}
