"""Machines of a network, on this machine: each in a network namespace of its own, joined by a bridge, so that lines can be cut,
made deaf, lossy or narrow. The test itself goes on in a namespace of its own (enter), which holds the bridge: nothing of it is
seen by the rest of the machine, and all of it is gone when the test ends, however it ends."""
import itertools
import os
import subprocess
import sys
import tempfile

from lib.chaos import NotHere
from lib.stack import wait_for

INSIDE = 'FETTLE_TEST_NETWORK'
_line_numbers = itertools.count()
NET = '10.77.0'


def enter(with_processes=False):
    """To be called first, before anything else is started. Without the right to it the test goes on, and check_inside says why.
    with_processes: orphans end with the test, too."""
    kinds = ['-n', '-m', *(['-p', '--fork', '--kill-child', '--mount-proc'] if with_processes else [])]
    if os.environ.get(INSIDE) or subprocess.run(['unshare', *kinds, 'true'], capture_output=True, check=False).returncode:
        return
    os.environ[INSIDE] = '1'
    # The first process of a namespace inherits its orphans, and must bury them: bash does.
    first = ['bash', '-c', '"$@" & wait $!', 'first'] if with_processes else []
    os.execvp('unshare', ['unshare', *kinds, *first, sys.executable, *sys.argv])


def check_inside():
    if not os.environ.get(INSIDE):
        raise NotHere('namespaces need root: unshare is refused')
    run('ip', 'link', 'set', 'lo', 'up')


def run(*arguments, stdin=None):
    done = subprocess.run(arguments, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f'{" ".join(arguments)}: {done.stderr.strip()}')
    return done.stdout


class Network:
    """names: its machines; each is known to all by its name."""

    def __init__(self, names):
        check_inside()
        self.names = {name: f'{NET}.{number}' for number, name in enumerate(names, 10)}
        self.holders, self.lines = {}, {}
        self.hosts = tempfile.NamedTemporaryFile('w', encoding='utf-8')
        self.name_all()
        try:
            run('mount', '--bind', self.hosts.name, '/etc/hosts')
            run('ip', 'link', 'add', 'bridge', 'type', 'bridge')
            run('ip', 'address', 'add', f'{NET}.1/24', 'dev', 'bridge')
            run('ip', 'link', 'set', 'bridge', 'up')
        except AssertionError as error:
            self.close()
            raise NotHere(f'no bridge can be made: {error}') from error
        try:
            for name in names:
                self._join(name)
        except BaseException:
            self.close()
            raise

    def name_all(self, **moved):
        """Writes who is where. moved: a name (- as _) that leads to another machine now."""
        self.hosts.seek(0)
        self.hosts.truncate()
        self.hosts.write('127.0.0.1 localhost\n')
        for name, address in self.names.items():
            self.hosts.write(f'{self.names.get(moved.get(name.replace("-", "_")), address)} {name}\n')
        self.hosts.flush()

    def _join(self, name):
        holder = subprocess.Popen(['setpriv', '--pdeathsig', 'KILL', 'unshare', '-n', 'sleep', 'infinity'])
        self.holders[name] = holder
        self.lines[name] = line = f'line{next(_line_numbers)}'      # the kernel takes its time to remove one that was there before
        ours = os.readlink('/proc/self/ns/net')
        wait_for(lambda: _namespace(holder.pid) not in (None, ours), f'{name} has a namespace', 10, 0.01)
        run('ip', 'link', 'add', line, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', str(holder.pid))
        run('ip', 'link', 'set', line, 'master', 'bridge', 'up')
        self.inside(name, 'ip', 'link', 'set', 'lo', 'up')
        self.inside(name, 'ip', 'address', 'add', f'{self.names[name]}/24', 'dev', 'eth0')
        self.inside(name, 'ip', 'link', 'set', 'eth0', 'up')

    def place(self, name):
        """What is put before a command that shall run on that machine."""
        return ['nsenter', '-t', str(self.holders[name].pid), '-n']

    def inside(self, name, *arguments, stdin=None):
        return run(*self.place(name), *arguments, stdin=stdin)

    def line(self, name):
        return self.lines[name]

    # ---- what can be wrong with a line

    def cut(self, name):
        run('ip', 'link', 'set', self.line(name), 'down')

    def rule(self, name, rule):
        """An nft rule for what this machine receives, lost or answered before any program sees it."""
        table = 'add table inet fault\nadd chain inet fault in { type filter hook input priority 0; }\n'
        self.inside(name, 'nft', '-f', '-', stdin=f'{table}add rule inet fault in {rule}\n')

    def deafen(self, name, to):
        """It hears nothing of those any more; they hear it."""
        self.rule(name, f'ip saddr {{ {", ".join(self.names[other] for other in to)} }} drop')

    def separate(self, name, to):
        """Neither hears the other, and nobody is told."""
        self.deafen(name, to)
        for other in to:
            self.deafen(other, [name])

    def narrow(self, name, rate):
        """tc must know tbf, which not every kernel has."""
        try:
            self.inside(name, 'tc', 'qdisc', 'replace', 'dev', 'eth0', 'root', 'tbf', 'rate', rate, 'burst', '16kbit', 'latency', '500ms')
            run('tc', 'qdisc', 'replace', 'dev', self.line(name), 'root', 'tbf', 'rate', rate, 'burst', '16kbit', 'latency', '500ms')
        except AssertionError as error:
            raise NotHere(f'no bandwidth can be limited: {error}') from error

    def heal(self):
        """Everything is as it was."""
        for name in self.holders:
            run('ip', 'link', 'set', self.line(name), 'up')
            for undo in (['nft', 'delete', 'table', 'inet', 'fault'], ['tc', 'qdisc', 'del', 'dev', 'eth0', 'root']):
                subprocess.run([*self.place(name), *undo], capture_output=True, check=False)
            subprocess.run(['tc', 'qdisc', 'del', 'dev', self.line(name), 'root'], capture_output=True, check=False)

    def close(self):
        for holder in self.holders.values():
            holder.kill()
            holder.wait()
        for line in [*self.lines.values(), 'bridge']:
            subprocess.run(['ip', 'link', 'del', line], capture_output=True, check=False)
        subprocess.run(['umount', '/etc/hosts'], capture_output=True, check=False)
        self.hosts.close()


def _namespace(pid):
    try:
        return os.readlink(f'/proc/{pid}/ns/net')
    except OSError:
        return None
