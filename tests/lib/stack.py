"""Everything of Fettle on this machine for a test: Postgres, Redis, the migrated schemas and the seven services, each a
child process of the test, each with its own environment, started again when it dies, all ended by pid.

    with Stack() as stack:
        stack.start()
        stack.bus().do('fettle.intake.v1.RegisterCustomer', {...})
        stack.kill('dispatcher')                   # as kill -9; it comes back by itself
        stack.wait_quiet()
"""
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import proto                                                           # noqa: E402
from lib.bus import Bus, Follow                                                 # noqa: E402

SERVICES = proto.SERVICES
BUILD = os.environ.get('FETTLE_BUILD') or os.path.join(proto.ROOT, 'build')
PATIENCE_S = 90.0               # on a machine that others use, too


class TestFailed(Exception):
    """What was waited for did not come."""


def wait_for(question, what, timeout_s=PATIENCE_S, step_s=0.05):
    """Asks until the answer is true, and returns it."""
    until = time.monotonic() + timeout_s
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > until:
            raise TestFailed(f'after {timeout_s:.0f} s still not: {what() if callable(what) else what}')
        time.sleep(step_s)


def postgres_program(name):
    return sorted(glob.glob(f'/usr/lib/postgresql/*/bin/{name}'), key=lambda path: int(path.split('/')[4]))[-1]


def as_postgres(death_signal):
    if os.geteuid() != 0:
        return ['setpriv', '--pdeathsig', death_signal]
    return ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', '--pdeathsig', death_signal]


class Child:
    """A program that the stack keeps running. name is a service, 'postgres', 'redis', or 'standby-...' made by a test."""

    def __init__(self, name, arguments, log, environment=None):
        self.name, self.arguments, self.log, self.environment = name, arguments, log, environment or {}
        self.process = None
        self.wanted = True          # start it again when it ends
        self.once = {}              # environment of the next start only
        self.exits = []             # exit codes, -9 for kill -9

    @property
    def pid(self):
        return self.process.pid if self.process else None

    def start(self, base):
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(self.arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env={**base, **self.environment, **self.once}, start_new_session=True)
        self.once = {}

    def poll(self):
        """Notes the end of the process. True: it runs."""
        if self.process and self.process.poll() is not None:
            self.exits.append(self.process.returncode)
            self.process = None
        return self.process is not None


class Stack:
    def __init__(self, environment=None, services=None, postgres_settings=''):
        scratch = os.environ.get('FETTLE_TEST_SCRATCH') or tempfile.gettempdir()
        self.home = tempfile.mkdtemp(prefix='s', dir=scratch)       # short: sockets live here
        os.chmod(self.home, 0o755)
        self.services = SERVICES if services is None else services
        self.postgres_settings = postgres_settings
        self.lock = threading.RLock()
        self.children = {}
        self.build = BUILD          # where programs are started from
        self.places = {}            # name of a child -> what is put before its command: where it runs
        self.redis_arguments = []
        self.stopping = threading.Event()
        self.keeper = None
        self.keep_home = False
        self.bus_template = f'ipc://{self.home}/bus/{{service}}.{{door}}'
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith('FETTLE_') and not name.startswith('PG')},
            'FETTLE_HOME': self.home, 'FETTLE_DSN': f'host={self.home}/pg dbname=fettle',
            'FETTLE_ADMIN_DSN': f'host={self.home}/pg dbname=fettle user=postgres',
            'FETTLE_REDIS': f'unix:{self.home}/redis/redis.sock', 'FETTLE_BUS': self.bus_template,
            'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', ''), 'UBSAN_OPTIONS': os.environ.get('UBSAN_OPTIONS', ''),
            **(environment or {})}

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        self.keep_home = self.keep_home or kind is not None and getattr(error, 'code', 1) != 0
        self.stop()

    # ---- life

    def start(self):
        """Everything, until every service says it is ready."""
        self.start_servers()
        self.fettle('migrate')
        self.start_services()

    def start_services(self):
        for service in self.services:
            self.add_service(service)
        self.wait_ready()

    def start_servers(self):
        """Postgres, empty, and Redis."""
        for folder in ('pg', 'redis', 'bus', 'log'):
            os.mkdir(f'{self.home}/{folder}')
        os.chmod(f'{self.home}/pg', 0o755)
        self.keeper = threading.Thread(target=self._keep, daemon=True)
        self.keeper.start()
        self.start_postgres()
        self.add('redis', ['setpriv', '--pdeathsig', 'KILL', 'redis-server', '--port', '0', '--save', '', '--enable-debug-command', 'yes', '--dir',
                           f'{self.home}/redis', '--unixsocket', f'{self.home}/redis/redis.sock', *self.redis_arguments])

    def stop(self):
        """SIGTERM to services first, then the servers; what does not end is killed. By pid, only our own."""
        self.stopping.set()
        if self.keeper:
            self.keeper.join()
        servers = [self.children[name] for name in ('postgres', 'redis') if name in self.children]
        others = [child for child in self.children.values() if child not in servers]
        for group in (others, servers):
            for child in group:
                child.wanted = False
                if child.poll():
                    self._signal(child, signal.SIGCONT)
                    self._signal(child, signal.SIGINT if child.name == 'postgres' else signal.SIGTERM)
            for child in group:
                self._end(child)
        if self.keep_home:
            print(f'# logs are kept in {self.home}/log')
        else:
            shutil.rmtree(self.home, ignore_errors=True)

    def _end(self, child):
        if child.process:
            try:
                child.process.wait(20)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
        child.poll()

    def start_postgres(self):
        """Until it answers."""
        self._initdb()
        self.add('postgres', [*as_postgres('INT'), postgres_program('postgres'), '-D', f'{self.home}/pg/data'])
        self.wait_postgres()

    def _initdb(self):
        data = f'{self.home}/pg/data'
        if os.geteuid() == 0:
            shutil.chown(f'{self.home}/pg', 'postgres', 'postgres')
        self._run([*as_postgres('KILL'), postgres_program('initdb'), '-D', data, '-U', 'postgres', '--auth=trust',
                   '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'])
        # A process that is killed loses nothing without fsync: only a machine that stops would.
        with open(f'{data}/postgresql.conf', 'a', encoding='utf-8') as file:
            file.write(f"listen_addresses = ''\nunix_socket_directories = '{self.home}/pg'\nmax_connections = 100\n"
                       "fsync = off\nfull_page_writes = off\nshared_buffers = 64MB\njit = off\ntimezone = 'UTC'\n"
                       f"log_min_error_statement = panic\n{self.postgres_settings}\n")

    def _run(self, arguments, check=True):
        done = subprocess.run(arguments, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, cwd='/')
        if check and done.returncode:
            raise TestFailed(f'{" ".join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}')
        return done

    def fettle(self, *arguments, check=True):
        """The command line, with this stack's environment. The finished process: returncode, stdout, stderr."""
        return self._run([f'{self.build}/fettle', *arguments], check)

    def audit(self, patience_s=PATIENCE_S):
        """What is under way comes to rest, and nothing is broken; what was said of it."""
        self.wait_quiet(patience_s)
        done = self.fettle('audit', check=False)
        if done.returncode:
            raise TestFailed(done.stdout[-4000:] + done.stderr)
        return done.stdout

    # ---- processes

    def add(self, name, arguments, environment=None, keep=True):
        """Starts one more child. keep False: it is not started again."""
        with self.lock:
            child = Child(name, [*self.places.get(name, []), *arguments], f'{self.home}/log/{name}.log', environment)
            child.wanted = keep
            child.start(self.environment)
            self.children[name] = child
            return child

    def add_service(self, service, name=None, environment=None, keep=True):
        program = ['setpriv', '--pdeathsig', 'KILL', f'{self.build}/fettle-{service}']
        return self.add(name or service, program, environment, keep)

    def _keep(self):
        while not self.stopping.wait(0.03):
            with self.lock:
                for child in self.children.values():
                    if not child.poll() and child.wanted and not self.stopping.is_set():
                        self._start_again(child)

    def _start_again(self, child):
        if child.name == 'postgres':
            stale = f'{self.home}/pg/data/postmaster.pid'
            if os.path.exists(stale):
                os.unlink(stale)
        child.start(self.environment)

    def child(self, name):
        return self.children[name]

    def pid(self, name):
        with self.lock:
            child = self.children[name]
            child.poll()
            return child.pid

    def pids(self):
        return {service: self.pid(service) for service in self.services}

    def _signal(self, child, number):
        try:
            if child.process:
                os.kill(child.process.pid, number)
        except ProcessLookupError:
            pass

    def signal(self, name, number):
        with self.lock:
            self._signal(self.children[name], number)

    def kill(self, name):
        """As kill -9 of all of it: the processes of Postgres are one."""
        with self.lock:
            child = self.children[name]
            if not child.poll():
                return
            family = children_of(child.pid) if name == 'postgres' else []
            self._signal(child, signal.SIGKILL)
            for pid in family:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            child.process.wait()
            for pid in family:
                wait_for(lambda: not os.path.exists(f'/proc/{pid}'), f'process {pid} of Postgres ends', 10)

    def replace(self, name, timeout_s=20.0, **environment):
        """SIGTERM; it starts again, once with this environment. The exit code and how long it took."""
        with self.lock:
            child = self.children[name]
            ended = len(child.exits)
            child.once = environment
            self._signal(child, signal.SIGTERM)
        began = time.monotonic()
        wait_for(lambda: len(child.exits) > ended, f'{name} ends on SIGTERM', timeout_s, 0.02)
        return child.exits[ended], time.monotonic() - began

    def rest(self, name, is_killed=False):
        """Ends it, by SIGTERM or as kill -9, and it stays down until resume."""
        with self.lock:
            child = self.children[name]
            child.wanted = False
            gently = signal.SIGINT if name == 'postgres' else signal.SIGTERM        # it waits for nobody then
            self._signal(child, signal.SIGKILL if is_killed else gently)
        wait_for(lambda: not child.poll(), f'{name} ends', 20, 0.02)

    def resume(self, name):
        self.children[name].wanted = True

    # ---- asking

    def bus(self):
        return Bus(self.bus_template)

    def follow(self, services=None, prefix=''):
        return Follow(self.bus_template, services or self.services, prefix)

    def postgres_ready(self):
        return self._run([postgres_program('pg_isready'), '-q', '-h', f'{self.home}/pg'], check=False).returncode == 0

    def wait_postgres(self):
        wait_for(self.postgres_ready, 'Postgres answers')

    def sql(self, query, user='postgres'):
        """The rows as dicts. Raises on an error."""
        done = self.psql(f'select coalesce (json_agg (q), $$[]$$) from ({query}) as q', user)
        if done.returncode:
            raise TestFailed(f'{query}: {done.stderr}')
        return json.loads(done.stdout)

    def value(self, query, user='postgres'):
        """The only value of the only row."""
        return next(iter(self.sql(query, user)[0].values()))

    def server(self):
        """Where Postgres is asked by the test itself, as libpq takes it."""
        return f'host={self.home}/pg'

    def psql(self, script, user='postgres', stop=True):
        """Runs a script through psql; the finished process."""
        return subprocess.run(['psql', '-XqAt', '-v', f'ON_ERROR_STOP={int(stop)}', '-d',
                               f'{self.server()} dbname=fettle user={user}'], input=script, capture_output=True, text=True, check=False, env=self.environment)

    def redis(self, *arguments):
        done = subprocess.run(['redis-cli', '-s', f'{self.home}/redis/redis.sock', *arguments], capture_output=True, text=True,
                              check=False, env=self.environment)
        return done.stdout.strip()

    def log(self, name):
        with open(f'{self.home}/log/{name}.log', encoding='utf-8', errors='replace') as file:
            return file.read()

    # ---- waiting

    def wait_ready(self, services=None, timeout_s=PATIENCE_S):
        bus, waiting, last = self.bus(), list(services or self.services), {}

        def all_ready():
            for service in list(waiting):
                status = bus.status(service, 0.5)
                last[service] = status.reason if status else 'no answer'
                if status and status.ready:
                    waiting.remove(service)
            return not waiting
        try:
            wait_for(all_ready, lambda: 'ready: ' + ', '.join(f'{s} ({last[s]})' for s in waiting), timeout_s)
        finally:
            bus.close()

    def unquiet(self, bus):
        """What is still to be done, in words; [] when nothing is, as far as can be seen now."""
        busy, heads = [], {}
        statuses = {service: bus.status(service, 1.0) for service in self.services}
        for service, status in statuses.items():
            if not status or not status.ready:
                busy.append(f'{service} is not ready')
            else:
                heads[service] = status.last_sequence
        if busy:
            return busy, heads
        for service, status in statuses.items():
            busy += [f'{service} has applied {lag.applied} of {heads[lag.source]} of {lag.source}' for lag in status.lags
                     if lag.source in heads and lag.applied != heads[lag.source]]
        try:
            return busy or self._due_timers() + self._late_cursors(heads), heads
        except TestFailed as error:
            return [f'Postgres is not ready: {error}'], heads

    def _due_timers(self):
        union = ' union all '.join(f"select '{s}' as service, count (*) as due from {proto.schema_of(s)}.timer where due_at <= now ()"
                                   for s in self.services)
        return [f'{row["due"]} timers of {row["service"]} are due' for row in self.sql(union) if row['due']]

    def _late_cursors(self, heads):
        """Cursors that moved without an effect are saved a little later."""
        union = ' union all '.join(f"select '{s}' as service, source, sequence from {proto.schema_of(s)}.cursor" for s in self.services)
        return [f'the cursor of {row["service"]} for {row["source"]} is saved at {row["sequence"]} of {heads[row["source"]]}'
                for row in self.sql(union) if row['sequence'] != heads.get(row['source'], row['sequence'])]

    def wait_quiet(self, timeout_s=PATIENCE_S):
        """Until every cursor is at its publisher's head, no timer is due, and nothing has been said for a while. The heads."""
        bus, state = self.bus(), {'since': time.monotonic(), 'heads': None, 'busy': []}

        def quiet():
            state['busy'], heads = self.unquiet(bus)
            if state['busy'] or heads != state['heads']:
                state['since'], state['heads'] = time.monotonic(), heads
            return time.monotonic() - state['since'] > 1.5
        try:
            wait_for(quiet, lambda: f'quiet: {state["busy"] or "events are still said"}', timeout_s, 0.2)
        finally:
            bus.close()
        return state['heads']


def children_of(pid):
    found = []
    for entry in os.listdir('/proc'):
        if entry.isdigit():
            try:
                with open(f'/proc/{entry}/stat', encoding='utf-8', errors='replace') as file:
                    parent = int(file.read().rsplit(')', 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            if parent == pid:
                found.append(int(entry))
    return found
