"""A whole Fettle of its own with doors on loopback: started, given keys, and stopped by a test."""
import os
import pathlib
import socket
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get('FETTLE_BUILD', ROOT / 'build'))
DOORS = [10 * service + door for service in range(1, 8) for door in (0, 1)]


def _is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(('127.0.0.1', port)) != 0


def free_base():
    """A port to count from, so that all doors are free."""
    start = 20000 + os.getpid() % 100 * 100
    return next(base for base in range(start, start + 10000, 100) if all(_is_free(base + door) for door in DOORS))


class Stack:
    def __init__(self, name):
        scratch = os.environ.get('FETTLE_TEST_SCRATCH') or tempfile.mkdtemp(prefix='fettle-')
        self.home = pathlib.Path(scratch) / name
        self.port = free_base()
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith('FETTLE_')}
        self.environment |= {'FETTLE_HOME': str(self.home), 'FETTLE_PORT': str(self.port),
                             'FETTLE_TCP': 'tcp://127.0.0.1:{port}', 'FETTLE_SHARE': str(ROOT / 'deploy/data')}

    def fettle(self, *arguments, environment=None, timeout=120):
        return subprocess.run([str(BUILD / 'fettle'), *arguments], env=self.environment | (environment or {}), text=True,
                              cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)

    def up(self):
        started = self.fettle('up', '-d')
        if started.returncode != 0:
            sys.exit(f'not ok - the stack starts\n{started.stdout}')

    def down(self):
        self.fettle('down')

    @property
    def server_key(self):
        return str(self.home / 'keys/server.key')

    def new_key(self, name, role, speaker=None):
        made = self.fettle('keys', 'new', name, '--role', role, *(('--for', speaker) if speaker else ()))
        assert made.returncode == 0, made.stdout
        return str(self.home / f'keys/{name}.key_secret')

    def pids(self):
        return {file.stem: file.read_text().strip() for file in (self.home / 'run').glob('*.pid')}

    def client_environment(self, key):
        """What a client in another process needs."""
        return {k: v for k, v in self.environment.items() if not k.startswith('FETTLE_')} | {
            'FETTLE_BUS': 'tcp://127.0.0.1:{port}', 'FETTLE_PORT': str(self.port), 'FETTLE_KEY': key,
            'FETTLE_SERVER_KEY': self.server_key, 'FETTLE_ADDRESS': f'tcp://127.0.0.1:{self.port + 11}',
            'PYTHONDONTWRITEBYTECODE': '1'}
