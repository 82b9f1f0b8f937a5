"""F11: what services say to each other comes late, twice, in another order, or with a bit that is another. Order is restored by
sequence, repetitions are dropped, and CURVE refuses what was changed on the way: the connection ends, and what is missing is asked
for. f11_postgres.py does the same to the line to Postgres."""
import os
import random
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos                                           # noqa: E402
from lib.proxy import FlipBits, MangleMessages, Proxy           # noqa: E402
from lib.stack import SERVICES                                  # noqa: E402
from lib.tap import check                                       # noqa: E402

SHORT_S, LONG_S = 15, 120


class World(chaos.World):
    """Services listen at their own sockets, where the test speaks to them, and hear each other through proxies: on Unix sockets,
    where messages are plain and can be told apart, and on TCP under CURVE, where only bytes are seen."""
    def make_stack(self):
        stack, self.proxies = super().make_stack(), []
        self.mangle, self.flip = MangleMessages(random.Random(self.seed)), FlipBits(random.Random(self.seed))
        os.mkdir(f'{stack.home}/proxy')
        for service in SERVICES:
            for door in ('pub', 'cmd'):
                self.proxies.append(Proxy(f'{stack.home}/proxy/{service}.{door}', f'{stack.home}/bus/{service}.{door}', self.mangle))
        stack.environment['FETTLE_BIND'] = stack.bus_template
        stack.environment['FETTLE_BUS'] = f'ipc://{stack.home}/proxy/{{service}}.{{door}}'
        return stack

    def close(self, is_well):
        super().close(is_well)
        for proxy in self.proxies:
            proxy.close()

    def go_by_tcp(self):
        """From now on services hear each other on TCP."""
        base = free_base(self.rng)
        self.stack.environment['FETTLE_KEYS'] = f'{self.stack.home}/keys'
        self.stack.fettle('keys', 'new', 'nobody', '--role', 'consumer')
        for number in range(1, len(SERVICES) + 1):
            for port in (base + 10 * number, base + 10 * number + 1):
                self.proxies.append(Proxy(('127.0.0.1', 10000 + port), ('127.0.0.1', port), self.flip))
        self.stack.environment.update({'FETTLE_PORT': str(base), 'FETTLE_TCP': 'tcp://127.0.0.1:{port}', 'FETTLE_BUS': 'tcp://127.0.0.1:1{port}'})
        for service in SERVICES:
            self.stack.replace(service)
        self.stack.wait_ready()


def free_base(rng):
    """A number below 10,000 from which on ports are free, and so are those 10,000 above."""
    while True:
        base = rng.randrange(2000, 9000)
        try:
            for port in [base + 10 * number + door for number in range(1, len(SERVICES) + 1) for door in (0, 1)]:
                for candidate in (port, port + 10000):
                    with socket.socket() as probe:
                        probe.bind(('127.0.0.1', candidate))
            return base
        except OSError:
            continue


def gaps(world):
    return int(sum(world.bus.metric(service, 'fettle_gaps_total') for service in SERVICES))


def test_f11_messages_that_come_late_twice_and_in_another_order_are_applied_once_and_in_order(world):
    before = gaps(world)
    world.mangle.begin()
    time.sleep(LONG_S if world.is_long else SHORT_S)
    world.mangle.end()
    done = world.mangle.done
    check(min(done['delayed'], done['repeated'], done['reordered']) > 50, f'too few: {dict(done)}')
    return ', '.join(f'{done[deed]} messages {deed}' for deed in ('delayed', 'repeated', 'reordered')) + f'; {gaps(world) - before} gaps found and filled'


def test_f11_a_bit_that_was_flipped_on_the_way_is_refused_and_what_is_missing_is_asked_for(world):
    world.go_by_tcp()
    before = gaps(world)
    world.flip.begin()
    time.sleep(LONG_S if world.is_long else SHORT_S)
    world.flip.end()
    flipped = world.flip.done['flipped']
    check(flipped > 20, f'only {flipped} bits were flipped')
    return f'{flipped} bits flipped; {gaps(world) - before} gaps found and filled'


if __name__ == '__main__':
    chaos.main([test_f11_messages_that_come_late_twice_and_in_another_order_are_applied_once_and_in_order,
                test_f11_a_bit_that_was_flipped_on_the_way_is_refused_and_what_is_missing_is_asked_for], World)
