"""F15: the disk answers that it could not do it (EIO). Postgres stops itself each time its log could not be made durable, and comes back
with what it had said was kept; services whose own lines can not be written go on working."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos                                           # noqa: E402
from lib.stack import BUILD, SERVICES, wait_for                       # noqa: E402
from lib.tap import check                                       # noqa: E402

PANICS = 20
PRELOAD = f'{BUILD}/tests/lib/failing_sync.so'
# Its standard error is a terminal that nobody holds any more: each write fails with EIO. A path in /dev/pts that is opened without
# O_NOCTTY would become the process's terminal, and its end a SIGHUP.
ON_TERMINAL = 'import os, sys; os.dup2 (os.open (sys.argv[1], os.O_WRONLY | os.O_NOCTTY), 2); os.execvp (sys.argv[2], sys.argv[2:])'


class World(chaos.World):
    """Its Postgres asks the disk, as one in production does: without fsync, which tests do without, there is nothing to fail."""
    postgres_settings = 'fsync = on'


    def make_stack(self):
        stack = super().make_stack()
        self.sign = f'{stack.home}/the-disk-fails'
        stack.places['postgres'] = ['env', f'LD_PRELOAD={PRELOAD}', f'FAILING_SYNC={self.sign}']
        return stack


def panics(stack):
    return sum('PANIC' in line and 'Input/output error' in line for line in stack.log('postgres').splitlines())


def test_f15_a_disk_that_can_not_sync_makes_postgres_stop_itself_and_nothing_accepted_is_lost(world):
    stack, pids, said = world.stack, world.stack.pids(), panics(world.stack)
    for number in range(said, said + PANICS):
        open(world.sign, 'w', encoding='utf-8').close()
        wait_for(lambda: panics(stack) > number, 'Postgres stops itself, and says why', 30)
        time.sleep(world.rng.uniform(0, 2))     # it can not come back
        os.unlink(world.sign)
        stack.wait_postgres()
        time.sleep(world.rng.uniform(0, 2))
    world.fault_is_over()
    check(stack.pids() == pids, 'a service has ended')
    return f'it stopped itself {panics(stack) - said} times; no service ended'


def hung_up(world, service):
    """The service starts on a terminal, which then is gone."""
    terminal, end = os.openpty()
    child = world.stack.child(service)
    before, child.arguments = child.arguments, [sys.executable, '-c', ON_TERMINAL, os.ttyname(end), *child.arguments]
    try:
        code, _ = world.stack.replace(service)
        check(code == 0, f'{service} ended with {code}')
        world.stack.wait_ready([service])
    finally:
        child.arguments = before
    os.close(end)
    os.close(terminal)
    return world.stack.pid(service)


def can_write(pid):
    try:
        with open(f'/proc/{pid}/fd/2', 'wb', buffering=0) as file:
            file.write(b'\n')
    except OSError:
        return False
    return True


def test_f15_services_whose_own_lines_can_not_be_written_go_on_working(world):
    pids = {service: hung_up(world, service) for service in SERVICES}
    check(not any(can_write(pid) for pid in pids.values()), 'their lines can be written')
    world.stack.kill('postgres')                # what they would say
    world.stack.wait_postgres()
    world.stack.wait_ready()
    check(world.stack.pids() == pids, 'a service has ended')
    for service in SERVICES:
        code, _ = world.stack.replace(service)
        check(code == 0, f'{service} ended with {code}')


if __name__ == '__main__':
    chaos.main([test_f15_a_disk_that_can_not_sync_makes_postgres_stop_itself_and_nothing_accepted_is_lost,
                test_f15_services_whose_own_lines_can_not_be_written_go_on_working], World)
