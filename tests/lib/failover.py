"""Three Postgres under Patroni, which decides by etcd who of them is the primary; commits wait for a standby, always (synchronous
mode strict). In namespaces of the test's own, so that ports are free and what Patroni leaves behind ends with the test."""
import os
import shutil
import signal
import subprocess

from lib.chaos import NotHere
from lib.stack import Stack, as_postgres, postgres_program, wait_for

NODES = [1, 2, 3]
PORT = 5500
PLACE = ("select case when pg_is_in_recovery () then 0 else ('x' || substr (pg_walfile_name (pg_current_wal_lsn ()), 1, 8))"
         '::bit(32)::int end')
SETTINGS = '''
scope: fettle
name: node{node}
restapi: {{listen: '127.0.0.1:80{node:02}', connect_address: '127.0.0.1:80{node:02}'}}
etcd3: {{host: '127.0.0.1:2379'}}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 5
    synchronous_mode: true
    synchronous_mode_strict: true
    postgresql: {{use_pg_rewind: true, parameters: {{max_connections: 100, wal_keep_size: 256MB}}}}
  initdb: [{{encoding: UTF8}}, {{locale: C.UTF-8}}, no-sync]
postgresql:
  listen: '127.0.0.1:{port}'
  connect_address: '127.0.0.1:{port}'
  data_dir: {home}/node{node}
  bin_dir: {programs}
  pgpass: {home}/node{node}.pgpass
  authentication: {{superuser: {{username: postgres}}, replication: {{username: replicator}}}}
  parameters: {{unix_socket_directories: '', fsync: 'off', shared_buffers: 32MB, jit: 'off', timezone: UTC}}
  pg_hba: [host all all 127.0.0.1/32 trust, host replication all 127.0.0.1/32 trust]
'''


class FailoverStack(Stack):
    """node: 1 to 3. The programs are children named etcd and patroni1 to patroni3."""

    def start_postgres(self):
        for program in ('patroni', 'etcd'):
            if not shutil.which(program):
                raise NotHere(f'{program} is not installed: deploy/packages-chaos.txt')
        os.chown(f'{self.home}/pg', *_postgres_user())
        self.add('etcd', ['setpriv', '--pdeathsig', 'KILL', 'etcd', '--data-dir', f'{self.home}/etcd', '--log-level', 'error'])
        for node in NODES:
            path = f'{self.home}/patroni{node}.yml'
            with open(path, 'w', encoding='utf-8') as file:
                file.write(SETTINGS.format(node=node, port=PORT + node, home=f'{self.home}/pg', programs=os.path.dirname(postgres_program('postgres'))))
            self.add(f'patroni{node}', [*as_postgres('KILL'), 'patroni', path])
        wait_for(self.primary, 'a primary is chosen', 90, 0.5)
        self.look()
        wait_for(lambda: self.standbys() == 2, 'both standbys follow', 90, 0.5)
        every = ','.join('127.0.0.1' for _ in NODES), ','.join(str(PORT + node) for node in NODES)
        self.environment['FETTLE_DSN'] = f'host={every[0]} port={every[1]} dbname=fettle target_session_attrs=read-write'

    def timeline(self, node):
        """Of a primary; 0: a standby, or it does not answer."""
        done = subprocess.run(['psql', '-XqAt', '-d', f'host=127.0.0.1 port={PORT + node} user=postgres dbname=postgres connect_timeout=2', '-c', PLACE],
                              capture_output=True, text=True, check=False, env=self.environment)
        return int(done.stdout) if done.returncode == 0 else 0

    def primary(self):
        """The node that is writable and has the highest timeline; 0: none."""
        timelines = {node: self.timeline(node) for node in NODES}
        best = max(timelines, key=timelines.get)
        return best if timelines[best] else 0

    def look(self):
        """Finds out who is the primary now; the test asks that one from now on."""
        self.node = wait_for(self.primary, 'a primary', 60, 0.2)
        self.environment['FETTLE_ADMIN_DSN'] = f'{self.server()} dbname=fettle user=postgres'
        return self.node

    def server(self):
        return f'host=127.0.0.1 port={PORT + self.node}'

    def standbys(self):
        """How many follow the primary and have caught up; who is only being copied from it is none."""
        done = subprocess.run(['psql', '-XqAt', '-d', f'{self.server()} user=postgres dbname=postgres', '-c',
                               "select count (*) from pg_stat_replication where state = 'streaming' and application_name like 'node%'"],
                              capture_output=True, text=True, check=False, env=self.environment)
        return int(done.stdout or 0)

    def postmaster(self, node):
        with open(f'{self.home}/pg/node{node}/postmaster.pid', encoding='utf-8') as file:
            return int(file.readline())

    def _end(self, child):
        """What Patroni leaves behind would keep the port from the next."""
        super()._end(child)
        node = child.name.removeprefix('patroni')
        path = f'{self.home}/pg/node{node}/postmaster.pid'
        if node == child.name or not os.path.exists(path):
            return
        pid = self.postmaster(node)
        try:
            os.kill(pid, signal.SIGQUIT)
        except ProcessLookupError:
            return
        wait_for(lambda: not os.path.exists(f'/proc/{pid}'), f'the Postgres of node {node} ends', 20)


def _postgres_user():
    import pwd
    user = pwd.getpwnam('postgres')
    return user.pw_uid, user.pw_gid
