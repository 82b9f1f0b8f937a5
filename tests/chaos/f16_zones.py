"""F16: the tz database is replaced while the company works: Rome is three hours ahead of UTC from now on, and always was. Services keep
the rules they began with; started again one after the other they find others, and what was promised in business hours is due when these
say so, told once for each promise."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos                                           # noqa: E402
from lib.bus import body                                        # noqa: E402
from lib.company import INTAKE, SCHEDULER, SLA                  # noqa: E402
from lib.stack import SERVICES, wait_for                        # noqa: E402
from lib.tap import check                                       # noqa: E402

HOUR_MS, DAY_MS = 3600000, 86400000
OPENS_MS, CLOSES_MS, BUDGET_MS = 9 * HOUR_MS, 17 * HOUR_MS, 100 * HOUR_MS
AHEAD_MS = 3 * HOUR_MS
RELEASE = '2099a'
CASES = 50
CLOCKS = ("select id, (extract (epoch from started_at) * 1000)::bigint as started_at, (extract (epoch from due_at) * 1000)::bigint as due_at "
          "from sla_watchdog.sla_clock where open_calendar_id = 'office' order by id")


class World(chaos.World):
    def make_stack(self):
        stack = super().make_stack()
        shutil.copytree('/usr/share/zoneinfo', f'{stack.home}/zones')
        stack.environment['TZDIR'] = f'{stack.home}/zones'
        return stack

    def promise(self):
        """CASES promises of a hundred hours of work each: some two weeks."""
        week = [{'weekday': day, 'start': '09:00', 'end': '17:00'} for day in range(1, 8)]
        self.bus.do(SCHEDULER + 'PublishCalendar', {'calendar_id': 'office', 'details': {'name': 'Office', 'time_zone': 'Europe/Rome', 'weekly': week}})
        self.bus.do(INTAKE + 'RegisterCustomer', {'customer_id': 'office', 'details': {
            'name': 'Office', 'currency': 'EUR', 'language': 'LANGUAGE_EN', 'phone': '+390000001'}})
        self.bus.do(SLA + 'PublishSlaPlan', {'plan_id': 'consultation', 'details': {
            'name': 'Working time', 'order': 10, 'request_types': ['REQUEST_TYPE_CONSULTATION'], 'targets': [
                {'milestone': 'MILESTONE_COMPLETE', 'budget_type': 'BUDGET_TYPE_BUSINESS_TIME', 'budget_ms': BUDGET_MS,
                 'calendar_id': 'office'}]}})
        self.stack.wait_quiet()
        for number in range(CASES):
            self.bus.do(INTAKE + 'SubmitServiceRequest', {
                'channel': 'CHANNEL_SYSTEM', 'external_id': f'office-{number}', 'type': 'REQUEST_TYPE_CONSULTATION', 'customer_id': 'office',
                'text': f'question {number}'})
        wait_for(lambda: len(self.stack.sql(CLOCKS)) == CASES, f'{CASES} clocks run')

    def begin(self):
        self.promise()
        super().begin()

    def update(self):
        """As a package of the tz database would: the rules of Rome, and the name of the release."""
        zones = f'{self.stack.home}/zones'
        with open(f'{self.stack.home}/rome.zi', 'w', encoding='utf-8') as file:
            file.write('Zone Europe/Rome 3:00 - MSK\n')
        subprocess.run(['/usr/sbin/zic', '-d', zones, file.name], check=True)
        with open(f'{zones}/tzdata.zi', encoding='utf-8') as file:
            rest = file.read().split('\n', 1)[1]
        with open(f'{zones}/tzdata.zi', 'w', encoding='utf-8') as file:
            file.write(f'# version {RELEASE}\n{rest}')

    def told(self):
        """clock -> due_at, of those that were derived by the new rules; each once."""
        told = {}
        for event in self.bus.replay('sla-watchdog'):
            if event.type.endswith('.SlaClockRecomputed'):
                said = body(event)
                if said.tz_release == RELEASE:
                    check(said.clock_id not in told, f'{said.clock_id} is told twice')
                    told[said.clock_id] = said.due_at
        return told


def due_at(started_at):
    """When a hundred hours from 9 to 17 are over, three hours ahead of UTC; by walking over days."""
    at, left = started_at + AHEAD_MS, BUDGET_MS
    while True:
        day = at // DAY_MS * DAY_MS
        at = max(at, day + OPENS_MS)
        if at < day + CLOSES_MS:
            worked = min(left, day + CLOSES_MS - at)
            at, left = at + worked, left - worked
            if left == 0:
                return at - AHEAD_MS
        at = day + DAY_MS


def test_f16_the_tz_database_is_replaced_and_what_was_promised_moves_with_it(world):
    stack, before = world.stack, world.stack.sql(CLOCKS)
    world.update()
    for service in SERVICES:
        check(stack.replace(service)[0] == 0, f'{service} ends well')
        stack.wait_ready([service])
    wanted = {row['id']: due_at(row['started_at']) for row in before}
    wait_for(lambda: {row['id']: row['due_at'] for row in stack.sql(CLOCKS)} == wanted, 'promises are due by the new rules', 120)
    world.fault_is_over()
    moved = {row['id']: wanted[row['id']] for row in before if wanted[row['id']] != row['due_at']}
    check(len(moved) == CASES, f'{len(moved)} of {CASES} promises are due at another instant')
    check(world.told() == moved, f'each is told: {world.told()}, expected {moved}')
    return f'{CASES} promises moved'


if __name__ == '__main__':
    chaos.main([test_f16_the_tz_database_is_replaced_and_what_was_promised_moves_with_it], World)
