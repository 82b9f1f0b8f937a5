"""Every service dies at every crash point it can reach, under traffic, and nothing is lost and nothing happens twice (F1).

A point that a service of this table never reaches is a failure: the table says what is true of the code."""
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos, company, proto                           # noqa: E402
from lib.bus import command                                     # noqa: E402
from lib.stack import SERVICES, wait_for                        # noqa: E402
from lib.tap import check                                       # noqa: E402

KILLED = 137                    # the exit code of a process that dies at its crash point
# Where, and at which time it comes by: the first may still belong to the start.
EVERYWHERE = {'message_received': 3, 'rows_loaded': 3, 'handlers_run': 3, 'before_commit': 3, 'after_commit': 3, 'before_answer': 3,
              'before_flush': 1}
WITH_TIMERS = [service for service in SERVICES if service != 'inventory']       # which wakes for nothing
ONLY = {'sla-watchdog': {'before_redis': 2},                                    # its due times are indexed in Redis
        'notifier': {'attempt_recorded': 2, 'provider_answered': 2}}            # it has effects outside


# Something that each takes and refuses; many at once do not wait for the disk one by one.
REFUSED = {'intake': 'ConfirmServiceRequest', 'dispatcher': 'AcceptVisit', 'scheduler': 'AssignShift', 'inventory': 'TransferStock',
           'billing': 'OverrideEntitlement', 'notifier': 'RetryMessage', 'sla-watchdog': 'ReachSlaMilestone'}
MANY = 200


def points_of(service):
    return {**EVERYWHERE, **ONLY.get(service, {}), **({'timer_claimed': 1} if service in WITH_TIMERS else {})}


def declared_points():
    """The names in crashpoint.h, which is where a new one is announced."""
    with open(os.path.join(proto.ROOT, 'common/crashpoint.h'), encoding='utf-8') as file:
        text = file.read().split('Names:')[1].split('*/')[0]
    return {name.strip(' .*\n') for name in text.replace('\n', ' ').split(',')}


class Company(chaos.World):
    rate, nudges = 20, 0

    def nudge(self, service):
        """Something that makes the service wake: what traffic alone does too seldom."""
        self.nudges += 1
        if service == 'intake':                 # three days of silence are over for one who was helped
            self.time_passes('intake', 'silence')
        elif service == 'dispatcher':           # an engineer has thought about an offer long enough
            self.time_passes('dispatcher', 'offer_expires')
        elif service == 'notifier':             # two minutes are over for an attempt that was never heard of again
            self.time_passes('notifier', 'attempt_overdue')
        elif service == 'billing':
            self.bus.command(company.BILLING + 'RegisterContract', {'contract_id': f'due-{self.nudges}', 'details': {
                'customer_id': 'c2', 'name': 'Due', 'start_on': '2020-01-01', 'end_on': '2021-12-31', 'currency': 'EUR',
                'value_minor': 900, 'billing_mode': 'BILLING_MODE_ADVANCE', 'instalment_count': 2, 'time_zone': 'Europe/Rome',
                'lines': [{'line_id': 'all', 'covers_labour': True}]}}, timeout_s=30)
        elif service == 'scheduler':
            now = int(time.time() * 1000)
            self.bus.command(company.SCHEDULER + 'RecordAbsence', {
                'absence_id': f'nudge-{self.nudges}', 'engineer_id': 'e5', 'from_at': now + 100, 'to_at': now + 600, 'reason': 'coffee'},
                timeout_s=30)

    def hurry(self, service):
        door = self.bus.door(service)
        for _ in range(MANY):
            door.send(command(f'fettle.{proto.schema_of(service)}.v1.{REFUSED[service]}'))
        door.connect()                          # nobody waits for the answers

    def time_passes(self, schema, kind):
        self.stack.psql(f"update {schema}.timer set due_at = now () where id = (select id from {schema}.timer "
                        f"where id like '{kind}:%' and due_at > now () order by due_at limit 1)")

    def die_at(self, service, point, nth):
        """Arms the service, sees it die there, and come back."""
        child = self.stack.child(service)
        with self.stack.lock:
            ended = len(child.exits)
            child.once = {'FETTLE_CRASH_AT': f'{point}:{nth}'}
            os.kill(child.pid, signal.SIGTERM)
        wait_for(lambda: len(child.exits) > ended, f'{service} ends on SIGTERM', 20)
        check(child.exits[ended] == 0, f'{service} ended with {child.exits[ended]} on SIGTERM')
        nudged = time.monotonic()
        until = nudged + 45
        while len(child.exits) < ended + 2 and time.monotonic() < until:
            time.sleep(0.03)
            if point == 'timer_claimed' and time.monotonic() - nudged > 1:
                nudged = time.monotonic()
                self.nudge(service)
            if point == 'before_flush' and time.monotonic() - nudged > 1:
                nudged = time.monotonic()
                self.hurry(service)
        check(len(child.exits) > ended + 1, f'{service} never came to {point} (for the {nth}. time)')
        check(child.exits[ended + 1] == KILLED, f'{service} ended with {child.exits[ended + 1]} instead of dying at {point}')
        self.stack.wait_ready([service], 45)


def walk(world, service):
    """What was wrong, in words."""
    wrong = []
    for point, nth in points_of(service).items():
        try:
            world.die_at(service, point, nth)
        except Exception as error:
            wrong.append(f'{service} at {point}: {error}')
    return wrong


def test_f1_every_service_dies_at_each_of_its_crash_points_and_comes_back(world):
    wrong = [line for service in SERVICES for line in walk(world, service)]
    check(not wrong, '\n'.join(wrong))
    return f'{sum(len(points_of(service)) for service in SERVICES)} deaths at {len(declared_points())} points'


def test_f1_every_crash_point_that_is_declared_is_in_the_table(_):
    table = {point for service in SERVICES for point in points_of(service)}
    check(table == declared_points(), f'declared: {sorted(declared_points())}, in the table: {sorted(table)}')


if __name__ == '__main__':
    chaos.main([test_f1_every_crash_point_that_is_declared_is_in_the_table,
                test_f1_every_service_dies_at_each_of_its_crash_points_and_comes_back], Company, together=True)
