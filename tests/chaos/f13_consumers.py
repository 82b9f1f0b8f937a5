"""F13: a service that is stopped while a backlog grows, and a consumer outside that never acknowledges. The others go on, nobody's
memory grows with the backlog, and the backlog is worked off.

FETTLE_BACKLOG is how many events (20,000)."""
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos, company, proto                           # noqa: E402
from lib.bus import ACCEPTED, Door, command                     # noqa: E402
from lib.stack import SERVICES, wait_for                        # noqa: E402
from lib.tap import check                                       # noqa: E402

BACKLOG = int(os.environ.get('FETTLE_BACKLOG', '20000'))
FLYING_MAX = 400
GROWTH_MAX_KB = 96 * 1024
STOPPED = 'notifier'


def memory_kb(world):
    return {service: chaos.memory_kb(world.stack.pid(service)) for service in SERVICES}


def speak(world, count):
    """That many events of intake, which every service follows: contacts whose names change. How many a second."""
    door = Door(world.bus.address('intake', 'cmd'))
    began, sent, answered = time.monotonic(), 0, 0
    while answered < count:
        while sent < count and sent - answered < FLYING_MAX:
            door.send(command(company.INTAKE + 'RegisterContact', {'contact_id': f'backlog-{sent % 50}', 'details': {
                'customer_id': 'c1', 'name': f'Name {sent}', 'phone': f'+3933399{sent % 50:04}', 'language': 'LANGUAGE_IT'}}))
            sent += 1
        response = door.receive(60)
        check(response and response.reply.status == ACCEPTED, f'intake answers {response}')
        answered += 1
    door.close()
    return count / (time.monotonic() - began)


def lag(world):
    """What the stopped one has not applied yet of what intake has said. It does not know that itself, as long as events wait in
    its own socket."""
    status = world.bus.status(STOPPED, 30)
    applied = next(lag.applied for lag in status.lags if lag.source == 'intake')
    return world.bus.status('intake', 30).last_sequence - applied


def test_f13_a_backlog_of_a_stopped_service_costs_nobody_else_and_is_worked_off(world):
    before = memory_kb(world)
    world.stack.signal(STOPPED, signal.SIGSTOP)
    rate = speak(world, BACKLOG)
    others = [service for service in SERVICES if service != STOPPED]
    wait_for(lambda: all(world.bus.status(service).ready for service in others), 'the others are ready', 30)
    applied = world.stack.value(f"select sequence from {proto.schema_of(STOPPED)}.cursor where source = 'intake'")
    behind = world.bus.status('intake').last_sequence - applied
    check(behind >= BACKLOG, f'{STOPPED} is only {behind} events behind')
    world.stack.signal(STOPPED, signal.SIGCONT)
    world.fault_is_over()
    began = time.monotonic()
    wait_for(lambda: lag(world) < 100, lambda: f'the backlog is worked off: {lag(world)} are left', 55, 0.1)
    grown = {service: memory - before[service] for service, memory in memory_kb(world).items()}
    worst = max(grown, key=grown.get)
    check(grown[worst] < GROWTH_MAX_KB, f'{worst} needed {grown[worst]} KiB more than before')
    return (f'{behind:,} events behind, made at {rate:,.0f} a second, worked off in '
            f'{time.monotonic() - began:.1f} s; {worst} grew most, by {grown[worst] // 1024} MiB to {(grown[worst] + before[worst]) // 1024}')


def test_f13_a_consumer_that_never_acknowledges_holds_nobody_up(world):
    before, given = memory_kb(world), 0
    for _ in range(50):
        events = world.bus.fetch('intake', 'forgetful').events
        check(events.acknowledged == 0, f'acknowledged is {events.acknowledged}')
        check(events.events[0].sequence == 1, f'the first is {events.events[0].sequence}: nothing was acknowledged')
        given += len(events.events)
    grown = memory_kb(world)['intake'] - before['intake']
    check(grown < GROWTH_MAX_KB, f'intake needed {grown} KiB more than before')
    return f'the same events 50 times, {given:,} in all; intake grew by {grown // 1024} MiB'


if __name__ == '__main__':
    chaos.main([test for name, test in list(globals().items()) if name.startswith('test_')])
