"""Traffic while services, Postgres and Redis are killed at random (F2), services are told to stop (F3) or paused while a standby
takes over (F4, F21), Postgres is killed or away for a while (F5), Redis is emptied (F8)."""
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos, proto                                    # noqa: E402
from lib.stack import SERVICES, wait_for                        # noqa: E402
from lib.tap import check                                       # noqa: E402

DRAIN_S = 10.0
PAUSE_S, LONG_PAUSE_S = 10.0, 30.0          # longer than a lease lasts without renewal
DOWN_S = 8.0


def test_f2_services_postgres_and_redis_are_killed_at_random_under_traffic(world):
    until, victims = time.monotonic() + world.seconds, []
    while time.monotonic() < until:
        time.sleep(world.rng.uniform(1, 3))
        victims.append(world.rng.choice(SERVICES + ['postgres', 'redis']))
        world.stack.kill(victims[-1])
    return f'{len(victims)} kills in {world.seconds:.0f} s: ' + ', '.join(
        f'{name} {victims.count(name)}' for name in sorted(set(victims)))


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


def test_f5_postgres_is_killed_and_is_away_for_a_while(world):
    for _ in range(3):
        world.stack.kill('postgres')
        world.stack.wait_postgres()
        world.stack.wait_ready()
    busy = {service: _processor_s(world.stack.pid(service)) for service in SERVICES}
    world.stack.rest('postgres', is_killed=True)
    time.sleep(DOWN_S)
    spent = max(_processor_s(world.stack.pid(service)) - before for service, before in busy.items())
    world.stack.resume('postgres')
    world.fault_is_over()
    check(spent < DOWN_S / 4, f'a service spent {spent:.1f} s of processor time while Postgres was away: it asks too often')
    return f'killed 3 times, away for {DOWN_S:.0f} s, in which no service spent more than {spent:.2f} s of processor time'


def _processor_s(pid):
    with open(f'/proc/{pid}/stat', encoding='utf-8') as file:
        user, system = file.read().rsplit(')', 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf('SC_CLK_TCK')


def test_f8_redis_is_emptied_and_the_due_times_are_there_again(world):
    world.stack.redis('flushall')
    truth = wait_for(lambda: world.stack.value('select count (*) from sla_watchdog.timer'), 'a clock runs', 30)
    wait_for(lambda: world.stack.redis('exists', 'sla:due:marker') == '1', 'the index is whole again', 30)
    return f'about {truth} of them'


def test_f4_a_paused_service_is_replaced_by_its_standby_and_may_not_write_when_it_wakes(world):
    service, pause_s = 'dispatcher', LONG_PAUSE_S if world.is_long else PAUSE_S
    before = world.bus.status(service)
    first = world.stack.child(service)
    first.wanted = False                                            # it stays as it is, and ends as it ends
    world.stack.add_service(service, 'standby')
    wait_for(lambda: 'another process holds the lease' in world.stack.log('standby'), 'the standby waits')
    world.stack.signal(service, signal.SIGSTOP)
    paused = time.monotonic()
    took = wait_for(lambda: _epoch(world) > before.epoch and time.monotonic() - paused, 'the standby takes over', 40)
    at_takeover = _said(world)
    wait_for(lambda: time.monotonic() - paused > pause_s, 'the pause is over', 60)
    wait_for(lambda: _said(world) > at_takeover + 10, 'the standby works for everybody while the first is still paused', 40)
    wait_for(lambda: _heard(world) > at_takeover, 'the others hear the standby while the first is still paused', 40)
    ended = len(first.exits)
    world.stack.signal(service, signal.SIGCONT)
    world.fault_is_over()
    wait_for(lambda: len(first.exits) > ended, 'the first ends when it finds another in its place', 30)
    check(first.exits[-1] == 3, f'the first ended with {first.exits[-1]}, 3 says that another process writes')
    check('another process' in world.stack.log(service), 'and it has said why')
    return f'stopped for {pause_s:.0f} s, the standby took over after {took:.1f} s'


def _epoch(world):
    return world.stack.value('select epoch from dispatcher.lease')


def _said(world):
    return world.stack.value('select last_sequence from dispatcher.lease')


def _heard(world):
    return min(row['sequence'] for row in world.stack.sql(
        ' union all '.join(f"select sequence from {proto.schema_of(s)}.cursor where source = 'dispatcher'"
                           for s in SERVICES if s != 'dispatcher')))


if __name__ == '__main__':
    chaos.main([test for name, test in list(globals().items()) if name.startswith('test_')])
