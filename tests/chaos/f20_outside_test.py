"""A provider that fails in every way (F20), and two processes of each service by mistake (F21)."""
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos                                           # noqa: E402
from lib.stack import SERVICES, wait_for                        # noqa: E402
from lib.tap import check                                       # noqa: E402

FAULTS = [429, 500, 503, 401, 'silence', 'nonsense', 'cut', None]


def test_f20_a_provider_that_refuses_fails_and_falls_silent_is_given_nothing_twice_that_costs(world):
    rng = random.Random(world.seed)
    world.provider.fault = lambda: rng.choice(FAULTS)
    try:
        wait_for(lambda: sum(world.provider.faults[fault] for fault in FAULTS if fault) >= 60, 'it has failed sixty times', 120)
    finally:
        world.provider.fault = lambda: None
    world.fault_is_over()
    check(all(world.provider.faults[fault] for fault in FAULTS if fault), f'each of them: {world.provider.faults}')
    return ', '.join(f'{count} {fault}' for fault, count in sorted(world.provider.faults.items(), key=str))


def test_f21_a_second_process_of_every_service_waits_and_takes_over_when_the_first_is_killed(world):
    stack = world.stack
    for service in SERVICES:
        stack.add_service(service, f'second-{service}', keep=False)
    wait_for(lambda: all('another process holds the lease' in stack.log(f'second-{service}') for service in SERVICES), 'the second ones wait')
    before = {service: world.bus.status(service).epoch for service in SERVICES}
    time.sleep(1)
    check({service: world.bus.status(service).epoch for service in SERVICES} == before, 'nobody has taken anything')
    for service in SERVICES:
        stack.child(service).wanted = False
        stack.kill(service)
    stack.wait_ready()
    world.fault_is_over()
    after = {service: world.bus.status(service).epoch for service in SERVICES}
    check(all(after[service] > before[service] for service in SERVICES), f'{before} {after}')


if __name__ == '__main__':
    chaos.main([test_f20_a_provider_that_refuses_fails_and_falls_silent_is_given_nothing_twice_that_costs,
                test_f21_a_second_process_of_every_service_waits_and_takes_over_when_the_first_is_killed])
