"""F8: Redis is killed, emptied, made read-only, and slow, under traffic. Nothing is decided on it: every service stays ready, no
promise is missed or said twice, and the index is whole again afterwards."""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos                                           # noqa: E402
from lib.stack import SERVICES, wait_for                        # noqa: E402
from lib.tap import check                                       # noqa: E402

BAD_S = 20


def all_ready(world):
    return all(status and status.ready for status in (world.bus.status(service) for service in SERVICES))


def test_f8_redis_is_killed_and_stays_away(world):
    world.stack.rest('redis', is_killed=True)
    wait_for(lambda: world.bus.metric('sla-watchdog', 'fettle_redis_up') == 0, 'the watchdog notices', 10)
    time.sleep(BAD_S)
    check(all_ready(world), 'a service is not ready without Redis')
    world.stack.resume('redis')
    return f'for {BAD_S} s, every service stayed ready'


def test_f8_redis_is_emptied_again_and_again(world):
    until, times = time.monotonic() + BAD_S, 0
    while time.monotonic() < until:
        world.stack.redis('flushall')
        times += 1
        time.sleep(world.rng.uniform(0.2, 1.5))
    check(all_ready(world), 'a service is not ready')
    return f'{times} times in {BAD_S} s'


def test_f8_redis_takes_no_writes(world):
    world.stack.redis('replicaof', '127.0.0.1', '1')
    check(world.stack.redis('set', 'x', 'y').startswith('READONLY'), 'Redis takes writes')
    time.sleep(BAD_S)
    check(all_ready(world), 'a service is not ready')
    world.stack.redis('replicaof', 'no', 'one')
    return f'for {BAD_S} s, every service stayed ready'


def test_f8_redis_is_slow(world):
    """It sleeps for three seconds out of four: longer than a service waits for it."""
    until, times = time.monotonic() + BAD_S, 0
    while time.monotonic() < until:
        sleeper = threading.Thread(target=world.stack.redis, args=('debug', 'sleep', '3'))
        sleeper.start()
        sleeper.join()
        times += 1
        time.sleep(1)
    check(times > 3, f'Redis slept {times} times only')
    check(all_ready(world), 'a service is not ready')
    return f'asleep for 3 s, {times} times'


if __name__ == '__main__':
    chaos.main([test for name, test in list(globals().items()) if name.startswith('test_')])
