"""The disk of Postgres is full, then the disk of the logs (F14); a service gets no memory (F15)."""
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos, company                                  # noqa: E402
from lib.bus import RETRY, NoAnswer, command                    # noqa: E402
from lib.company import INTAKE                                  # noqa: E402
from lib.stack import wait_for                                  # noqa: E402
from lib.tap import check                                       # noqa: E402

FULL_S = 8                      # how long it stays so
PRELOAD = '/usr/lib/fiu/fiu_run_preload.so /usr/lib/fiu/fiu_posix_preload.so'


def mount(path, size):
    if subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={size}', 'tmpfs', path], capture_output=True, check=False).returncode:
        raise chaos.NotHere('the right to mount a file system of a fixed size')


def fill(path):
    """Until there is no byte left."""
    with open(path, 'wb', buffering=0) as file:
        try:
            while True:
                file.write(b'\0' * 65536)
        except OSError:
            pass


def room_left(path):
    status = os.statvfs(path)
    return status.f_bavail * status.f_frsize


def test_f14_the_disk_of_postgres_is_full_for_a_while(world):
    """A command is answered RETRY with what is wrong, never accepted and lost; when there is room again all goes on by itself."""
    stack, data = world.stack, f'{world.stack.home}/pg/data'
    stack.rest('postgres')
    shutil.move(data, data + '.kept')
    os.mkdir(data)
    mount(data, '600m')
    try:
        subprocess.run(['cp', '-a', f'{data}.kept/.', data], check=True)
        shutil.copystat(f'{data}.kept', data)
        if os.geteuid() == 0:
            shutil.chown(data, 'postgres', 'postgres')
        os.chmod(data, 0o700)
        stack.resume('postgres')
        stack.wait_ready()
        fill(f'{data}/ballast')
        said = wait_for(lambda: _refusal(world), 'a command is answered RETRY, with what the disk says', 60)
        until = time.monotonic() + FULL_S
        while time.monotonic() < until:
            fill(f'{data}/ballast.more')        # what Postgres has freed meanwhile
            time.sleep(0.5)
        os.unlink(f'{data}/ballast.more')
        os.unlink(f'{data}/ballast')
        world.fault_is_over()
        stack.wait_ready()
    finally:
        stack.rest('postgres')
        subprocess.run(['cp', '-a', f'{data}/.', f'{data}.kept'], check=True)
        subprocess.run(['umount', data], check=True)
        os.rmdir(data)
        shutil.move(f'{data}.kept', data)
        stack.resume('postgres')
    return f'answered {said}'


def _refusal(world):
    """What a sender is told; None while he is served."""
    try:
        reply = world.bus.ask('intake', command(INTAKE + 'SubmitServiceRequest', {
            'channel': 'CHANNEL_PHONE', 'external_id': f'full-{time.monotonic_ns()}', 'asset_id': 'a1', 'type': 'REQUEST_TYPE_REPAIR',
            'text': 'it leaks ' * 500}), 3).reply
    except NoAnswer:
        return None
    if reply.status != RETRY:
        return None
    return 'No space left' in reply.message and f'RETRY {reply.code}: {reply.message.splitlines()[0][:120]}'


def test_f14_the_disk_of_the_logs_is_full(world):
    """Whoever starts then can say nothing, and works."""
    logs = f'{world.stack.home}/log'
    mount(logs, '16k')
    try:
        fill(f'{logs}/ballast')
        check(room_left(logs) == 0, 'it is full')
        for service in ('billing', 'intake'):
            code, _ = world.stack.replace(service)
            check(code == 0, f'{service} ended with {code}')
        world.stack.wait_ready()
        world.bus.do(INTAKE + 'RegisterCustomer', dict(next(data for name, data in company.commands() if name.endswith('RegisterCustomer'))))
    finally:
        subprocess.run(['umount', '-l', logs], check=True)


def _needs_fiu():
    for library in PRELOAD.split():
        if not os.path.exists(library):
            raise chaos.NotHere('libfiu (package fiu-utils)')


def test_f15_there_is_no_memory_for_a_service(world):
    """One that gets no memory ends, and the next one goes on; nothing is done by halves."""
    _needs_fiu()
    ends = {}
    for service in ('intake', 'dispatcher', 'notifier'):
        child = world.stack.child(service)
        ended, before = len(child.exits), child.environment
        child.environment = {**before, 'LD_PRELOAD': PRELOAD,
                             'FIU_ENABLE': 'enable_random name=libc/mm/malloc,probability=0.002\n'
                                           'enable_random name=libc/mm/calloc,probability=0.002\n'
                                           'enable_random name=libc/mm/realloc,probability=0.002'}
        try:
            world.stack.replace(service)
            wait_for(lambda: len(child.exits) > ended + 2, f'{service} ends for want of memory, twice', 60)
        finally:
            child.environment = before
        ends[service] = child.exits[ended + 1:]
        world.stack.kill(service)
        check(0 not in ends[service], f'{service} ended as if all were well: {ends[service]}')
    world.fault_is_over()
    return '; '.join(f'{service} ended with {sorted(set(codes))}' for service, codes in ends.items())


if __name__ == '__main__':
    chaos.main([test_f14_the_disk_of_postgres_is_full_for_a_while, test_f14_the_disk_of_the_logs_is_full,
                test_f15_there_is_no_memory_for_a_service])
