"""F6: Postgres under Patroni loses its primary: with its machine, or Patroni alone dies and leaves behind an old primary that still
lets itself be written. Writing goes on within a minute, and what was acknowledged is there."""
import os
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos, network                                  # noqa: E402
from lib.bus import ACCEPTED                                    # noqa: E402
from lib.failover import FailoverStack                          # noqa: E402
from lib.stack import children_of, wait_for                     # noqa: E402
from lib.tap import check                                       # noqa: E402

GAP_S = 60.0
AFTER_S = 15                    # how long the traffic goes on with the new primary before the old one is back


class World(chaos.World):
    def make_stack(self):
        network.check_inside()
        return FailoverStack(self.provider.environment())


class Gap:
    """The longest time in which intake, which hears the most, has accepted nothing."""

    def __init__(self, traffic):
        self.traffic, self.longest, self.is_over = traffic, 0.0, False
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _count(self):
        return sum(sent.verdict == ACCEPTED and sent.service == 'intake' for sent in list(self.traffic.sent.values()))

    def _watch(self):
        count, since = self._count(), time.monotonic()
        while not self.is_over:
            time.sleep(0.1)
            now = self._count()
            self.longest = max(self.longest, time.monotonic() - since)
            if now != count:
                count, since = now, time.monotonic()

    def end(self):
        self.is_over = True
        self.thread.join()
        return self.longest


def loses(world, is_machine):
    """The primary's Patroni dies, with or without its Postgres. Returns the old and the new node, and the gap."""
    stack = world.stack
    old, gap = stack.look(), Gap(world.traffic)
    family = [stack.postmaster(old), *children_of(stack.postmaster(old))]
    stack.rest(f'patroni{old}', is_killed=True)
    if is_machine:
        for pid in family:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    wait_for(lambda: stack.primary() not in (0, old), 'another node becomes the primary', 60, 0.5)
    new = stack.look()
    stack.wait_ready(timeout_s=60)
    wait_for(lambda: all(stack.value(f"select count (*) from pg_stat_activity where usename = 'fettle_{name}'") for name in ('intake', 'dispatcher')),
             'services have found the new primary', 60, 0.5)
    time.sleep(AFTER_S)
    longest = gap.end()
    check(longest <= GAP_S, f'for {longest:.1f} s nothing was accepted')
    return old, new, longest


def is_back(world, old):
    world.stack.resume(f'patroni{old}')
    world.fault_is_over()
    wait_for(lambda: world.stack.standbys() == 2, 'the old primary follows the new one', 90, 0.5)


def test_f6_the_primary_is_gone_with_its_machine(world):
    old, new, longest = loses(world, is_machine=True)
    is_back(world, old)
    return f'node {new} for node {old}; the longest time in which nothing was accepted was {longest:.1f} s'


def test_f6_patroni_alone_is_gone_and_the_old_primary_stays_writable(world):
    old, new, longest = loses(world, is_machine=False)
    check(world.stack.timeline(old), 'the old primary is not writable any more: this was to be tried')
    check(world.stack.timeline(old) < world.stack.timeline(new), 'the old primary has the lower timeline')
    world.stack.node = old
    left = world.stack.sql("select usename from pg_stat_activity where usename like 'fettle_%' and state <> 'active'")
    world.stack.node = new
    check(not left, f'still at the old primary: {left}')
    is_back(world, old)
    return f'node {new} for node {old}; the longest time in which nothing was accepted was {longest:.1f} s'


if __name__ == '__main__':
    network.enter(with_processes=True)
    chaos.main([test_f6_the_primary_is_gone_with_its_machine, test_f6_patroni_alone_is_gone_and_the_old_primary_stays_writable], World)
