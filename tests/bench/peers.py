"""The peers of `make bench`: servers of Debian packages, each with a fresh data directory and its documented durable setting,
on loopback or a Unix socket. One that is not installed or does not start says so in a sentence and is reported as missing."""
import glob
import os
import shutil
import socket
import subprocess
import time

from lib.stack import TestFailed, postgres_program, wait_for

START_S = 120


def _free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def _answers(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(('127.0.0.1', port)) == 0


def _first_line(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, check=False).stdout.strip().splitlines()[0]


class Peer:
    """What all have in common. In a subclass: name (of the driver's system), title, setting, program, run (start it)."""

    processes = ()                              # names of children of the stack

    def __init__(self, stack):
        self.stack = stack
        self.home = f'{stack.home}/{self.name}'
        self.start_s = None

    def start(self):
        """Until it can be used. Raises TestFailed with a sentence."""
        if not self.program():
            raise TestFailed(f'{self.package} is not installed')
        os.makedirs(self.home, exist_ok=True)
        began = time.monotonic()
        self.run()
        self.start_s = time.monotonic() - began

    def _add(self, name, arguments, environment=None):
        self.processes = (*self.processes, name)
        self.stack.add(name, ['setpriv', '--pdeathsig', 'KILL', *arguments], environment, keep=False)

    def _wait(self, question):
        def answer():
            if any(not self.stack.child(name).poll() for name in self.processes):
                raise TestFailed(f'{self.title} ended: {self.stack.log(self.processes[-1]).strip()[-300:]}')
            return question()
        wait_for(answer, f'{self.title} answers', START_S, 0.01)

    def before(self, kind):
        """Nothing to prepare: the driver makes the queue."""

    def after(self, kind):
        """Nothing runs on after the driver."""

    def check(self, run, sent):
        """Effects = sent: nothing lost, nothing doubled (the row's key is the message's)."""
        found = self.stack.sql(f"select count (*) as rows, count (*) filter (where id like '{run}:%') as effects from bench.effect")[0]
        if not found['rows'] == found['effects'] == sent:
            raise TestFailed(f'{sent} were sent through {self.title}, and afterwards: {found}')


class JetStream(Peer):
    name, title, package = 'jetstream', 'NATS JetStream', 'nats-server'
    setting = 'file storage, answers to each publish; 2.9 has no setting that syncs each message (`sync_interval` is refused)'

    def program(self):
        return shutil.which('nats-server') or glob.glob('/usr/sbin/nats-server')

    def version(self):
        return _first_line('nats-server', '--version').replace('nats-server: ', 'NATS ')

    def run(self):
        port = _free_port()
        self.address = f'nats://127.0.0.1:{port}'
        self._add('nats', ['nats-server', '-a', '127.0.0.1', '-p', str(port), '-js', '-sd', self.home])
        self._wait(lambda: _answers(port))


class RedisStreams(Peer):
    name, title, package = 'redis', 'Redis Streams', 'redis-server'
    setting = 'appendonly, appendfsync always'

    def program(self):
        return shutil.which('redis-server')

    def version(self):
        return 'Redis ' + _first_line('redis-server', '--version').split('v=')[1].split()[0]

    def run(self):
        self.address = f'{self.home}/redis.sock'
        self._add('redis-streams', ['redis-server', '--port', '0', '--save', '', '--appendonly', 'yes', '--appendfsync', 'always',
                                    '--dir', self.home, '--unixsocket', self.address])
        self._wait(lambda: subprocess.run(['redis-cli', '-s', self.address, 'ping'], capture_output=True, text=True, check=False).stdout == 'PONG\n')


class PostgresQueue(Peer):
    """In the Postgres of the stack, which runs already."""

    name, title, package = 'postgres', 'Postgres, SKIP LOCKED', 'postgresql'
    setting = 'fsync and synchronous_commit on; inserted in batches of what waits, looked for each millisecond'
    processes = ('postgres',)

    def program(self):
        return postgres_program('postgres')

    @staticmethod
    def version():
        return 'PostgreSQL ' + _first_line(postgres_program('postgres'), '--version').split()[2]

    def run(self):
        self.address = f'host={self.stack.home}/pg user=postgres dbname=fettle'


class RabbitMQ(Peer):
    name, title, package = 'rabbitmq', 'RabbitMQ quorum queue', 'rabbitmq-server'
    setting = 'quorum queue of one node, persistent messages, publisher confirms, manual acknowledgements'

    def program(self):
        return sorted(glob.glob('/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server'))

    def version(self):
        return 'RabbitMQ ' + self.program()[-1].split('rabbitmq_server-')[1].split('/')[0]

    def run(self):
        port, registry = _free_port(), _free_port()
        self.address = str(port)
        for name, text in (('rabbitmq.conf', f'listeners.tcp.default = 127.0.0.1:{port}\n'), ('plugins', '[].\n')):
            with open(f'{self.home}/{name}', 'w', encoding='utf-8') as file:
                file.write(text)
        environment = {
            'HOME': self.home, 'RABBITMQ_MNESIA_BASE': f'{self.home}/data', 'RABBITMQ_LOG_BASE': f'{self.home}/log',
            'RABBITMQ_NODENAME': f'bench{port}@localhost', 'RABBITMQ_DIST_PORT': str(_free_port()), 'RABBITMQ_PID_FILE': f'{self.home}/pid',
            'RABBITMQ_CONFIG_FILE': f'{self.home}/rabbitmq.conf', 'RABBITMQ_ENABLED_PLUGINS_FILE': f'{self.home}/plugins',
            'RABBITMQ_CONF_ENV_FILE': '/dev/null', 'RABBITMQ_LOGS': '-', 'ERL_EPMD_PORT': str(registry), 'ERL_EPMD_ADDRESS': '127.0.0.1'}
        self._add('epmd', ['epmd', '-address', '127.0.0.1', '-port', str(registry)])     # else it starts one that outlives it
        self._wait(lambda: _answers(registry))
        self._add('rabbitmq', [self.program()[-1]], environment)
        self._wait(lambda: _answers(port))


ALL = (JetStream, RedisStreams, PostgresQueue, RabbitMQ)
