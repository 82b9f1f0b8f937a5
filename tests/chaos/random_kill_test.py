"""Traffic while services, Postgres and Redis are killed at random (F2, F5, F8), told to stop (F3), and paused while a standby takes
over (F4, F21): then everything comes to rest, and nothing was lost or done twice.

    random_kill_test.py [--seed N] [--seconds S]        the seed is printed, and gives the same deeds in the same order
"""
import argparse
import os
import random
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import company, proto                                  # noqa: E402
from lib.proof import prove                                     # noqa: E402
from lib.provider import Provider                               # noqa: E402
from lib.stack import SERVICES, Stack, wait_for                 # noqa: E402
from lib.tap import check, main                                 # noqa: E402
from lib.traffic import Traffic                                 # noqa: E402

SEED = 20261122
DRAIN_S = 10.0
PAUSE_S = 10.0                  # longer than a lease lasts without renewal


class World:
    def __init__(self, stack, provider, seed, seconds):
        self.stack, self.provider, self.seconds = stack, provider, seconds
        self.rng = random.Random(seed)
        self.bus = stack.bus()
        company.settle(stack, self.bus, provider.url)
        self.traffic = Traffic(stack, seed, rate=25).start()

    def victim(self):
        return self.rng.choice(SERVICES + ['postgres', 'redis'])

    def prove(self):
        self.stack.wait_quiet()
        problems = prove(self.stack, self.traffic, self.provider)
        check(not problems, '\n'.join(problems))


def test_f2_services_postgres_and_redis_are_killed_at_random_under_traffic(world):
    until, victims = time.monotonic() + world.seconds, []
    while time.monotonic() < until:
        time.sleep(world.rng.uniform(1, 3))
        victims.append(world.victim())
        world.stack.kill(victims[-1])
    world.stack.wait_ready(timeout_s=60)
    return f'{len(victims)} times: {" ".join(victims)}'


def test_f3_each_service_told_to_stop_under_traffic_ends_with_0_within_10_s(world):
    wrong, longest = [], 0.0
    for service in SERVICES:
        world.stack.wait_ready([service])
        code, took = world.stack.replace(service, 20)
        longest = max(longest, took)
        if code != 0 or took > DRAIN_S:
            wrong.append(f'{service} ended with {code} after {took:.1f} s')
    check(not wrong, '\n'.join(wrong))
    world.stack.wait_ready()
    return f'the slowest took {longest:.2f} s'


def test_f3_a_notifier_whose_provider_hangs_ends_with_0_within_10_s(world):
    world.provider.hang(True)
    try:
        wait_for(lambda: world.provider.hanging > 0, 'a delivery hangs', 30)
        code, took = world.stack.replace('notifier', 30)
    finally:
        world.provider.hang(False)
    check(code == 0 and took < DRAIN_S, f'it ended with {code} after {took:.1f} s')
    world.stack.wait_ready()
    return f'after {took:.1f} s'


def test_f4_a_paused_service_is_replaced_by_its_standby_and_may_not_write_when_it_wakes(world):
    service = 'dispatcher'
    before = world.bus.status(service)
    first = world.stack.child(service)
    first.wanted = False                                            # it stays as it is, and ends as it ends
    world.stack.add_service(service, 'standby')
    wait_for(lambda: 'another process holds the lease' in world.stack.log('standby'), 'the standby waits')
    world.stack.signal(service, signal.SIGSTOP)
    paused = time.monotonic()
    took = wait_for(lambda: _epoch(world) > before.epoch and time.monotonic() - paused, 'the standby takes over', 40)
    at_takeover = _said(world)
    wait_for(lambda: time.monotonic() - paused > PAUSE_S, 'the pause is over', 60)
    wait_for(lambda: _said(world) > at_takeover + 10, 'the standby works for everybody while the first is still paused', 40)
    wait_for(lambda: _heard(world) > at_takeover, 'the others hear the standby while the first is still paused', 40)
    ended = len(first.exits)
    world.stack.signal(service, signal.SIGCONT)
    wait_for(lambda: len(first.exits) > ended, 'the first ends when it finds another in its place', 30)
    check(first.exits[-1] == 3, f'the first ended with {first.exits[-1]}, 3 says that another process writes')
    check('another process' in world.stack.log(service), 'and it has said why')
    return f'the standby took over after {took:.1f} s'


def _epoch(world):
    return world.stack.value('select epoch from dispatcher.lease')


def _said(world):
    return world.stack.value('select last_sequence from dispatcher.lease')


def _heard(world):
    return min(row['sequence'] for row in world.stack.sql(
        ' union all '.join(f"select sequence from {proto.schema_of(s)}.cursor where source = 'dispatcher'"
                           for s in SERVICES if s != 'dispatcher')))


def test_f8_redis_is_emptied_and_the_due_times_are_there_again(world):
    world.stack.redis('flushall')
    truth = wait_for(lambda: world.stack.value('select count (*) from sla_watchdog.timer'), 'a clock runs', 30)
    wait_for(lambda: world.stack.redis('exists', 'sla:due:marker') == '1', 'the index is whole again', 30)
    return f'about {truth} of them'


def test_traffic_ends_with_every_command_answered_once(world):
    world.traffic.finish()
    return world.traffic.summary()


def test_everything_comes_to_rest_and_the_invariants_hold(world):
    world.prove()


if __name__ == '__main__':
    options = argparse.ArgumentParser()
    options.add_argument('--seed', type=int, default=SEED)
    options.add_argument('--seconds', type=float, default=60)
    chosen = options.parse_args()
    print(f'# seed {chosen.seed}, {chosen.seconds:.0f} s')
    outside = Provider()
    with Stack(outside.environment()) as running:
        running.start()
        main([test for name, test in list(globals().items()) if name.startswith('test_')],
             World(running, outside, chosen.seed, chosen.seconds))
