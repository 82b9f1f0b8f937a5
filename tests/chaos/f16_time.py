"""F16: clocks that are wrong, and days that are odd. The watchdog's own clock jumps by an hour and by a day, ahead and back, and drifts;
Postgres' stays right, and judges. Then the whole company lives through the hours in which Rome changes its clocks, and the leap day, with
services that have the zones of Rome, Shanghai and Ho Chi Minh City. Each time thousands of SLA clocks fall due: each is said
once, none early by Postgres' clock, and the verdicts are those of a quiet day."""
import datetime
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import f08_clocks_test as base_room                             # noqa: E402
from f08_clocks_test import SPREAD_MS, WATCHDOG, JumpingClock   # noqa: E402
from lib import chaos, clocks                                   # noqa: E402
from lib.stack import Stack, as_postgres                        # noqa: E402

HOUR, DAY = 3600, 86400


class Company(Stack):
    """Postgres and the services have one clock, the watchdog has one of its own. libfaketime can not change its user: it comes after
    setpriv."""

    def __init__(self, **options):
        super().__init__(**options)
        self.clock, self.watchdog_clock = JumpingClock(self, 'clock'), JumpingClock(self, 'watchdog-clock')

    def add(self, name, arguments, environment=None, keep=True):
        if name == 'postgres':
            place = len(as_postgres('INT'))
            arguments = [*arguments[:place], 'env', *(f'{key}={value}' for key, value in self.clock.environment.items()), *arguments[place:]]
        elif name != 'redis':
            environment = (self.watchdog_clock if name == WATCHDOG else self.clock).environment
        return super().add(name, arguments, environment, keep)


class World(base_room.World):
    offset_s = 0

    def make_stack(self):
        return Company(services=base_room.NEEDED, postgres_settings=self.postgres_settings)

    def open(self):
        super().open()
        self.fall_due(lambda base: 0)           # the quiet day

    def now(self):
        return time.time() + self.offset_s

    def wrong(self, seconds):
        """The watchdog's clock is wrong by so much."""
        self.stack.watchdog_clock.set(f'{self.offset_s + seconds:+.3f}')

    def go_to(self, instant, zone):
        """The company lives shortly before that instant, so that the clocks that are armed next fall due around it. Those of before
        are forgotten, and so are the thresholds of the template: they would all fall due on the way."""
        stack = self.stack
        stack.rest(WATCHDOG)
        for group in range(self.groups + 2):
            clocks.forget(stack, group)
        stack.psql(f"delete from {clocks.SCHEMA}.timer where id like 'threshold:{self.template}%'")
        stack.child(WATCHDOG).environment = {**stack.watchdog_clock.environment, 'TZ': zone}
        stack.resume(WATCHDOG)
        stack.wait_ready([WATCHDOG])
        lead_s = base_room.LEAD_S + SPREAD_MS / 2000
        self.offset_s = int(datetime.datetime.fromisoformat(instant).timestamp() - lead_s - time.time())
        stack.clock.set(f'{self.offset_s:+d}')
        self.wrong(0)
        stack.wait_ready([WATCHDOG])


def jump(world, seconds):
    def fault(base):
        world.sleep_until(base - 1500)
        world.wrong(seconds)
        world.sleep_until(base + 1500)
        world.wrong(0)
        return world.now() * 1000
    return world.fall_due(fault)


def test_f16_a_clock_that_is_an_hour_ahead_says_nothing_early(world):
    return jump(world, HOUR)


def test_f16_a_clock_that_is_an_hour_behind_loses_nothing(world):
    return jump(world, -HOUR)


def test_f16_a_clock_that_is_a_day_ahead_says_nothing_early(world):
    return jump(world, DAY)


def test_f16_a_clock_that_is_a_day_behind_loses_nothing(world):
    return jump(world, -DAY)


def test_f16_a_clock_that_slowly_falls_behind_loses_nothing(world):
    return world.fall_due(lambda base: base_room.drift(world, world.stack.watchdog_clock, base, -1))


def odd_hour(world, instant, zone):
    world.go_to(instant, zone)
    return f'{instant}, {zone}: ' + world.fall_due(lambda base: 0)


def test_f16_rome_sets_its_clocks_back(world):
    return odd_hour(world, '2027-10-31T01:00:00+00:00', 'Europe/Rome')


def test_f16_the_leap_day_begins_in_shanghai(world):
    return odd_hour(world, '2028-02-28T16:00:00+00:00', 'Asia/Shanghai')


def test_f16_the_leap_day_ends_in_ho_chi_minh_city(world):
    return odd_hour(world, '2028-02-29T17:00:00+00:00', 'Asia/Ho_Chi_Minh')


def test_f16_rome_sets_its_clocks_ahead(world):
    return odd_hour(world, '2028-03-26T01:00:00+00:00', 'Europe/Rome')


if __name__ == '__main__':
    chaos.main([test_f16_a_clock_that_is_an_hour_ahead_says_nothing_early, test_f16_a_clock_that_is_an_hour_behind_loses_nothing,
                test_f16_a_clock_that_is_a_day_ahead_says_nothing_early, test_f16_a_clock_that_is_a_day_behind_loses_nothing,
                test_f16_a_clock_that_slowly_falls_behind_loses_nothing,
                test_f16_rome_sets_its_clocks_back, test_f16_the_leap_day_begins_in_shanghai,
                test_f16_the_leap_day_ends_in_ho_chi_minh_city, test_f16_rome_sets_its_clocks_ahead], World, together=True)
