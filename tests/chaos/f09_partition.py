"""F9: lines between services, Postgres and Redis are cut, wholly or in one direction. Nobody writes without the lease, what was missed
is asked for, and all is well again when the lines are."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import apart, chaos, network                           # noqa: E402
from lib.stack import SERVICES, wait_for                        # noqa: E402
from lib.tap import check                                       # noqa: E402

APART_S = 25
VICTIM = 'dispatcher'


def others(service):
    return [name for name in SERVICES if name != service]


def test_f9_postgres_is_cut_off_from_everybody(world):
    notice = world.noticing(SERVICES)
    world.network.cut('postgres')
    noticed = notice()
    time.sleep(max(0.0, APART_S - noticed))
    world.fault_is_over()
    return f'for {APART_S} s, noticed by all within {noticed:.1f} s'


def test_f9_a_service_does_not_hear_postgres_though_postgres_hears_it(world):
    notice = world.noticing([VICTIM])
    world.network.deafen(VICTIM, ['postgres'])
    noticed = notice()
    time.sleep(max(0.0, APART_S - noticed))
    world.fault_is_over()
    return f'{VICTIM}, for {APART_S} s, noticed after {noticed:.1f} s'


def test_f9_postgres_does_not_hear_a_service_though_the_service_hears_it(world):
    notice = world.noticing([VICTIM])
    world.network.deafen('postgres', [VICTIM])
    noticed = notice()
    time.sleep(max(0.0, APART_S - noticed))
    world.fault_is_over()
    return f'{VICTIM}, for {APART_S} s, noticed after {noticed:.1f} s'


def test_f9_redis_is_cut_off_from_everybody(world):
    world.network.cut('redis')
    wait_for(lambda: world.bus.metric('sla-watchdog', 'fettle_redis_up') == 0, 'the watchdog notices', apart.DETECT_S)
    time.sleep(APART_S)
    check(all(world.bus.status(service).ready for service in SERVICES), 'a service is not ready without Redis')
    world.fault_is_over()
    return f'for {APART_S} s, every service stayed ready'


def test_f9_a_service_does_not_hear_the_others_though_they_hear_it(world):
    world.network.deafen(VICTIM, others(VICTIM))
    time.sleep(APART_S)
    check(world.bus.status(VICTIM).ready, f'{VICTIM} is not ready, though it can answer')
    world.fault_is_over()
    return f'{VICTIM}, for {APART_S} s'


def test_f9_the_others_do_not_hear_a_service_though_it_hears_them(world):
    for other in others(VICTIM):
        world.network.deafen(other, [VICTIM])
    time.sleep(APART_S)
    world.fault_is_over()
    return f'{VICTIM}, for {APART_S} s'


def test_f9_a_service_that_is_cut_off_is_replaced_and_may_not_write_when_it_is_back(world):
    first = world.stack.child(VICTIM)
    first.wanted = False
    world.stack.add_service(VICTIM, 'standby')
    wait_for(lambda: 'another process holds the lease' in world.stack.log('standby'), 'the standby waits')
    epoch = world.stack.value('select epoch from dispatcher.lease')
    world.network.cut(VICTIM)
    began = time.monotonic()
    wait_for(lambda: world.stack.value('select epoch from dispatcher.lease') > epoch, 'the standby takes over', 40)
    took = time.monotonic() - began
    world.network.name_all(dispatcher='standby')
    time.sleep(APART_S)
    said = world.stack.value('select last_sequence from dispatcher.lease')
    wait_for(lambda: world.stack.value('select last_sequence from dispatcher.lease') > said, 'the standby works', 30)
    world.fault_is_over()
    wait_for(lambda: first.exits or 'another process holds the lease' in world.stack.log(VICTIM), 'the first finds another in its place', 30)
    return f'the standby took over after {took:.1f} s'


if __name__ == '__main__':
    network.enter()
    chaos.main([test for name, test in list(globals().items()) if name.startswith('test_')], apart.World)
