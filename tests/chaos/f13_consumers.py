"""F13: a service that is stopped while a million events pile up for it, and a consumer outside that never acknowledges. The others go
on, nobody's memory grows with the backlog, its lag is told, and the backlog is worked off.

FETTLE_BACKLOG is how many events (1,000,000)."""
import os
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos, company, proto                           # noqa: E402
from lib.bus import ACCEPTED, Door, command                     # noqa: E402
from lib.stack import SERVICES, wait_for                        # noqa: E402
from lib.tap import check                                       # noqa: E402

BACKLOG = int(os.environ.get('FETTLE_BACKLOG', '1000000'))
FLYING_MAX = 400
GROWTH_MAX_KB = 192 * 1024      # a socket keeps 50,000 events (common/bus.c); what is more waits in the publisher's table
STOPPED = 'notifier'
LAG_ALARM = 1000                # docs/operating.md: fettle_source_lag_events
WORK_OFF_S = 300
DELAY_S = 1.0                   # nobody who asks another service waits longer


class World(chaos.World):
    """Nobody is told of each single event: a million webhooks are another question."""
    def begin(self):
        self.bus.do(company.NOTIFIER + 'RegisterWebhook', {
            'webhook_id': 'all', 'url': self.provider.url, 'secret': company.SECRET, 'topic_prefix': 'fettle.intake.', 'disabled': True})
        super().begin()


class Asking:
    """Asks the other services all the while how they are; worst: the longest that one of them has kept us waiting, in seconds."""

    def __init__(self, world):
        self.worst, self.is_over = {service: 0.0 for service in SERVICES if service not in (STOPPED, 'intake')}, threading.Event()
        self.bus = world.stack.bus()
        self.thread = threading.Thread(target=self._ask, daemon=True)
        self.thread.start()

    def _ask(self):
        while not self.is_over.wait(0.05):
            for service in self.worst:
                began = time.monotonic()
                self.bus.status(service, 30)
                self.worst[service] = max(self.worst[service], time.monotonic() - began)

    def end(self):
        self.is_over.set()
        self.thread.join()
        self.bus.close()
        return max(self.worst.values())


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


def stop_between_turns(world):
    """In the middle of an answer of Postgres that is too large for the socket, it would keep Postgres from clearing away what all
    others make outdated, and they get slower and slower: docs/reliability.md."""
    reading = f"select count (*) from pg_stat_activity where usename = 'fettle_{STOPPED}' and state <> 'idle'"

    def stopped():
        world.stack.signal(STOPPED, signal.SIGSTOP)
        time.sleep(0.2)                         # what is under way comes to its end, or never will
        if world.stack.value(reading) == 0:
            return True
        world.stack.signal(STOPPED, signal.SIGCONT)
        return False
    wait_for(stopped, f'{STOPPED} is stopped and has no transaction', 60)


def most_lag(world):
    """Works the backlog off, and how far behind it has said it is."""
    most, until = 0, time.monotonic() + WORK_OFF_S
    while lag(world) >= 100:
        most = max(most, world.bus.metric(STOPPED, 'fettle_source_lag_events{source="intake"}'))
        check(time.monotonic() < until, f'after {WORK_OFF_S} s {lag(world)} are left')
        time.sleep(0.1)
    return most


def test_f13_a_backlog_of_a_stopped_service_costs_nobody_else_and_is_worked_off(world):
    before = memory_kb(world)
    stop_between_turns(world)
    asking = Asking(world)
    rate = speak(world, BACKLOG)
    others = [service for service in SERVICES if service != STOPPED]
    wait_for(lambda: all(world.bus.status(service).ready for service in others), 'the others are ready', 30)
    applied = world.stack.value(f"select sequence from {proto.schema_of(STOPPED)}.cursor where source = 'intake'")
    behind = world.bus.status('intake').last_sequence - applied
    check(behind >= BACKLOG, f'{STOPPED} is only {behind} events behind')
    world.stack.signal(STOPPED, signal.SIGCONT)
    began = time.monotonic()
    told = most_lag(world)
    took, delay = time.monotonic() - began, asking.end()
    world.fault_is_over()
    check(told > LAG_ALARM, f'{STOPPED} has said that it is {told:.0f} events behind')
    check(delay < DELAY_S, f'another service has kept us waiting for {delay:.2f} s')
    grown = {service: memory - before[service] for service, memory in memory_kb(world).items()}
    worst = max(grown, key=grown.get)
    check(grown[worst] < GROWTH_MAX_KB, f'{worst} needed {grown[worst]} KiB more than before')
    return (f'{behind:,} events behind, made at {rate:,.0f} a second; it said a lag of {told:,.0f}, and worked it off in {took:.0f} s '
            f'({behind / took:,.0f} a second); the others answered within {delay * 1000:.0f} ms; {worst} grew most, by '
            f'{grown[worst] // 1024} MiB to {(grown[worst] + before[worst]) // 1024}')


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
    chaos.main([test for name, test in list(globals().items()) if name.startswith('test_')], World)
