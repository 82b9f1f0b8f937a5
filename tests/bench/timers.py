"""The SLA clocks of `make bench`: a million live ones, thousands due in one second, beside BullMQ's delayed jobs.

The clocks are rows of the watchdog's own tables, copied set-based from a case that real commands have made; the rate at
which real requests start clocks is measured for itself. Every breach is a real one: facts read, verdict derived,
threshold, event and outbox in one fsynced commit, heard at the PUB door by another process. The watchdog, Postgres, Redis
and the listener share the machine; the other services rest, so that what is measured is the watchdog."""
import json
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import clocks, company                                                 # noqa: E402
from lib.stack import BUILD, Stack, wait_for                                    # noqa: E402

from others import Others                                                       # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
WATCHDOG, MAKERS = 'sla-watchdog', ['intake', 'billing']        # makers: of the case that is copied
RUNNING, DUE = 1, 2                                             # groups of copies
POSTGRES = 'shared_buffers = 128MB\nfsync = on\nfull_page_writes = on\nwal_compression = lz4\nmax_wal_size = 2GB'
INDEX, MARKER = 'sla:due', 'sla:due:marker'
BULLMQ_CONCURRENCY = 200
PERCENTILES = (('p50', 0.5), ('p99', 0.99), ('p999', 0.999), ('max', 1))


def say(text):
    print(text, file=sys.stderr, flush=True)


def percentiles(values, prefix):
    ordered = sorted(values)
    return {f'{prefix}_{name}': ordered[min(len(ordered) - 1, int(len(ordered) * part))] for name, part in PERCENTILES}


class Clocks:
    """A stack with so many live clocks, and what can be asked of it."""

    def __init__(self, live):
        self.live = live
        self.stack = Stack(services=[WATCHDOG, *MAKERS], postgres_settings=POSTGRES)
        self.environment = dict(self.stack.environment, FETTLE_BUS=self.stack.bus_template)

    def start(self):
        self.stack.start()
        bus = self.stack.bus()
        self.template = clocks.template(self.stack, bus)
        bus.do(company.INTAKE + 'RegisterCustomer', {'customer_id': 'bench-customer', 'details': {       # of tests/bench/load
            'name': 'Bench', 'currency': 'EUR', 'language': 'LANGUAGE_EN', 'phone': '+390000000'}})
        bus.close()
        figures = {'schedule': self.schedule_rate(2000 if self.live < 200000 else 10000)}
        for service in (*MAKERS, WATCHDOG):
            self.stack.rest(service)
        began = time.monotonic()
        cases = self.live // 2
        clocks.copy(self.stack, self.template, RUNNING, cases, f"now () - n * interval '{20 * 86400 / cases:.6f} seconds'")
        self.stack.psql('vacuum analyze')
        say(f'{self.live} clocks are rows after {time.monotonic() - began:.0f} s')
        return figures

    def schedule_rate(self, requests):
        """Clocks a second that real requests start: accepted by intake while the watchdog rests, then it catches up."""
        stack = self.stack
        stack.rest(WATCHDOG)
        subprocess.run([f'{BUILD}/bench/load', 'accept', str(requests), '512'], env=self.environment, check=True, capture_output=True)
        stack.resume(WATCHDOG)
        stack.wait_ready([WATCHDOG])
        began, first, wanted = time.monotonic(), self.clocks(), 2 * requests
        wait_for(lambda: self.clocks() >= wanted, f'{wanted} clocks run', 120, 0.02)
        return (self.clocks() - first) / (time.monotonic() - began)

    def clocks(self):
        return self.stack.value(f'select count (*) from {clocks.SCHEMA}.sla_clock')

    def index_is_whole(self):
        return self.stack.redis('get', MARKER) == str(self.stack.value(f'select epoch from {clocks.SCHEMA}.lease'))

    def rebuild(self):
        """How fast the index is made again after FLUSHALL, from its first member on, and what a member takes."""
        timers = self.stack.value(f'select count (*) from {clocks.SCHEMA}.timer')
        lost_at = time.monotonic()
        self.stack.redis('flushall')
        wait_for(lambda: self.stack.redis('exists', INDEX) == '1', 'the index is begun', 60, 0.002)
        began = time.monotonic()
        wait_for(lambda: self.stack.redis('exists', MARKER) == '1', 'the index is whole', 120, 0.002)
        whole_at = time.monotonic()
        if int(self.stack.redis('zcard', INDEX)) != timers:
            sys.exit(f'{self.stack.redis("zcard", INDEX)} of {timers} timers are in the index')
        used = int(self.stack.redis('memory', 'usage', INDEX, 'samples', '0'))
        return {'rebuild': timers / (whole_at - began), 'rebuild_s': whole_at - lost_at, 'bytes': used / timers}

    def cpu_seconds(self):
        backend = self.stack.value("select pid from pg_stat_activity where usename = 'fettle_sla_watchdog' limit 1")
        found = {}
        for name, pid in (('watchdog', self.stack.pid(WATCHDOG)), ('redis', self.stack.pid('redis')), ('postgres', backend)):
            with open(f'/proc/{pid}/stat', encoding='utf-8') as file:
                words = file.read().rsplit(')', 1)[1].split()
            found[name] = (int(words[11]) + int(words[12])) / os.sysconf('SC_CLK_TCK')
        return found

    def arm(self, count, spread_ms):
        """Copies with their breach ahead, the watchdog started on them and its index whole. The first instant, ms."""
        stack = self.stack
        stack.rest(WATCHDOG)
        clocks.forget(stack, DUE)
        stack.psql('checkpoint')
        lead_s = 6 + count / 10000 + self.live / 100000
        base = int(time.time() + lead_s) * 1000
        each = f'to_timestamp (({base} + ((n - 1)::bigint * {spread_ms} / {count})) / 1000.0)'
        clocks.copy(stack, self.template, DUE, count, f"{each} - interval '{clocks.ACCEPT_MS + 1} milliseconds'", 'breach')
        stack.resume(WATCHDOG)
        stack.wait_ready([WATCHDOG])
        wait_for(self.index_is_whole, 'the index is whole', 60, 0.05)
        if base / 1000 - time.time() < 2:
            sys.exit(f'{lead_s:.0f} s were not enough to start with {self.live} clocks: nothing was measured')
        return base

    def forget_due(self):
        self.stack.rest(WATCHDOG)
        clocks.forget(self.stack, DUE)
        self.stack.resume(WATCHDOG)
        self.stack.wait_ready([WATCHDOG])
        wait_for(self.index_is_whole, 'the index is whole', 60, 0.05)

    def fire(self, count, spread_ms):
        """count breaches at instants of their own within spread_ms; 0: all at the same one."""
        base = self.arm(count, spread_ms)
        hear = subprocess.Popen([f'{BUILD}/bench/hear', str(count), '30'], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                text=True)
        time.sleep(base / 1000 - time.time() - 0.7)
        before, others = self.cpu_seconds(), Others()
        found = [line.split() for line in hear.communicate()[0].splitlines()]
        after, share = self.cpu_seconds(), others.share()
        if len({row[3] for row in found}) != count:
            sys.exit(f'{len(found)} breaches were heard of {count}')
        recorded = [int(row[1]) - int(row[0]) for row in found]
        if min(recorded) < 0:
            sys.exit(f'a breach was recorded {-min(recorded)} ms early')
        seconds = max(int(row[2]) for row in found) / 1e6 - base / 1e3
        return {**percentiles(recorded, 'recorded'), **percentiles([int(row[2]) / 1e3 - int(row[0]) for row in found], 'heard'),
                'others': share, 'rate': count / seconds, 'turns': len({row[1] for row in found}),
                **{f'cpu_{name}': (after[name] - before[name]) / count * 1e6 for name in after}}

    def bullmq(self, name, count, spread_ms, *postgres):
        """The same for BullMQ's delayed jobs in the same Redis; nothing of it: it is not installed."""
        others = Others()
        done = subprocess.run(['node', f'{HERE}/bullmq.mjs', f'{self.stack.home}/redis/redis.sock', str(count), str(spread_ms),
                               str(BULLMQ_CONCURRENCY), *postgres], capture_output=True, text=True, check=False)
        if done.returncode:
            say(f'BullMQ was not measured ({done.stderr.strip().splitlines()[:1]}): `npm ci --prefix tests` installs it')
            return {'others': 0}
        return {'others': others.share(), **{f'{name}_{key}': value for key, value in json.loads(done.stdout).items()}}


def measure(live, due, rounds, calm):
    """The medians of all rounds, ours and BullMQ's in turn."""
    bench = Clocks(live)
    with bench.stack:
        figures = bench.start()
        results = []
        for number in range(rounds):
            say(f'clocks: round {number + 1} of {rounds} ...')
            peer, durable = calm(bench.bullmq, 'bullmq', due, 1000), calm(bench.bullmq, 'durable', due, 1000, f'{bench.stack.home}/pg')
            results.append({**durable, **peer, 'peer_others': max(peer['others'], durable['others']), **calm(bench.fire, due, 1000)})
        figures.update({key: statistics.median(result[key] for result in results) for key in results[0]})
        figures.update({f'same_{key}': value for key, value in calm(bench.fire, due, 0).items()})
        figures.update({f'flood_{key}': value for key, value in calm(bench.fire, 10 * due, 1000).items()})
        bench.forget_due()
        figures.update(bench.rebuild())
    figures.update({f'{key}_percent': 100 * figures[key] for key in ('others', 'peer_others')})
    return figures


ROWS = [
    ('clocks started by real requests (two each), catching up', 'schedule', 'clocks/s'),
    ('{due:,} due in one second: event recorded after its instant, p50', 'recorded_p50', 'ms'),
    ('  p99', 'recorded_p99', 'ms'),
    ('  p99.9', 'recorded_p999', 'ms'),
    ('  committed and heard at the PUB door, p50', 'heard_p50', 'ms'),
    ('  p99', 'heard_p99', 'ms'),
    ('  p99.9', 'heard_p999', 'ms'),
    ('  CPU of the watchdog for each', 'cpu_watchdog', 'us'),
    ('  CPU of its Postgres backend for each', 'cpu_postgres', 'us'),
    ('  turns', 'turns', ''),
    ('  CPU that other processes took meanwhile', 'others_percent', '%'),
    ('{due:,} due at the same millisecond: heard, p50', 'same_heard_p50', 'ms'),
    ('  p99', 'same_heard_p99', 'ms'),
    ('{flood:,} due in one second: breaches a second', 'flood_rate', 'clocks/s'),
    ('Redis for each clock', 'bytes', 'bytes'),
    ('index made again after FLUSHALL', 'rebuild', 'clocks/s'),
    ('  from FLUSHALL until it is whole', 'rebuild_s', 's'),
    ('BullMQ delayed jobs, {due:,} due in one second: p50', 'bullmq_p50', 'ms'),
    ('  p99', 'bullmq_p99', 'ms'),
    ('  p99.9', 'bullmq_p999', 'ms'),
    ('  the same, each job commits one row in Postgres: p50', 'durable_p50', 'ms'),
    ('  p99', 'durable_p99', 'ms'),
    ('  p99.9', 'durable_p999', 'ms'),
    ('  CPU that other processes took meanwhile', 'peer_others_percent', '%'),
    ('  Redis for each', 'bullmq_bytes', 'bytes'),
    ('  scheduled', 'bullmq_schedule', 'jobs/s'),
]


def text(figures, live, due):
    """Lines of a name, a figure, a unit."""
    lines = [f'SLA clocks, {live:,} live']
    for title, key, unit in ROWS:
        if key in figures:
            value = figures[key]
            lines.append(f'  {title.format(due=due, flood=10 * due):<74} {value:>12,.{0 if value >= 100 else 2}f} {unit}'.rstrip())
    for peer, title in (('bullmq', 'BullMQ to ours'), ('durable', 'BullMQ with a committed row to ours')):
        for name in ('p50', 'p99', 'p999'):
            if f'{peer}_{name}' in figures:
                lines.append(f'  {f"ratio: {title}, {name}":<74} {figures[f"{peer}_{name}"] / figures[f"heard_{name}"]:>12.1f}')
    return '\n'.join(lines)
