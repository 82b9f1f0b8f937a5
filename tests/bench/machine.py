"""The machine that figures belong to, in words."""
import os
import platform
import subprocess

from lib import proto


def _field(path, name, fallback):
    with open(path, encoding='utf-8') as file:
        return next((line.split(':', 1)[1].strip() for line in file if line.startswith(name)), fallback)


def _filesystem(folder):
    done = subprocess.run(['df', '--output=fstype', folder], capture_output=True, text=True, check=False)
    return done.stdout.split()[-1] if done.returncode == 0 else 'unknown'


def _zeromq():
    import zmq
    return zmq.zmq_version()


def fettle_version():
    with open(os.path.join(proto.ROOT, 'VERSION'), encoding='utf-8') as file:
        return file.read().strip()


def describe(scratch, fsync_ms, versions):
    """Lines of Markdown."""
    memory_gb = int(_field('/proc/meminfo', 'MemTotal', '0 kB').split()[0]) / 1048576
    system = platform.freedesktop_os_release().get('PRETTY_NAME', 'unknown system')
    return [
        f'* {_field("/proc/cpuinfo", "model name", platform.machine())}, {os.cpu_count()} cores, {memory_gb:.0f} GB; '
        f'Linux {platform.release()}, {system}.',
        f'* Disk: {_filesystem(scratch)}; 200 bytes appended and fdatasync: {fsync_ms:.2f} ms (median, probed in each round).',
        f'* {", ".join([*versions, "libzmq " + _zeromq()])}.']
