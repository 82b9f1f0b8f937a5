"""N3, F8, F16: thousands of SLA clocks fall due while Redis is down, while the watchdog is dead, while it dies again and
again, and while the machine's clock is wrong. Each threshold is said once, never early, with an honest late_by_ms, and the verdicts are those of a quiet day.

FETTLE_REDIS_DOWN_S lengthens the time without Redis (10 s)."""
import collections
import glob
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos, clocks, company                                          # noqa: E402
from lib.bus import body                                                        # noqa: E402
from lib.stack import Stack, wait_for                                           # noqa: E402
from lib.tap import check                                                       # noqa: E402

WATCHDOG = 'sla-watchdog'
NEEDED = [WATCHDOG, 'intake', 'billing']
BREACHES, WARNINGS, SPREAD_MS = 5000, 500, 4000
LEAD_S = 5
REDIS_DOWN_S = float(os.environ.get('FETTLE_REDIS_DOWN_S', '10'))
STEADY_MS, RECOVERY_MS = 2000, 5000                 # I8
BELIEVED_MS = 1100                                  # common/loop_clock.c: a second; and what is under way


class World(chaos.World):
    """Clocks that are copied by the thousand belong to no request: instead of the proof each test looks at all that was said."""
    postgres_settings = 'track_commit_timestamp = on'
    groups, quiet_day = 0, None
    said_times, lost, doubled = 0, 0, 0

    def open(self):
        self.stack = self.make_stack()
        self.stack.start()
        self.bus = self.stack.bus()
        self.template = clocks.template(self.stack, self.bus)
        for maker in ('intake', 'billing'):
            self.stack.rest(maker)

    def make_stack(self):
        return Stack(services=NEEDED, postgres_settings=self.postgres_settings)

    def now(self):
        """Seconds, as the company has it."""
        return time.time()

    def recover(self):
        """fall_due has waited, and has judged how late each was."""

    def settle(self):
        return {'said': self.said_times, 'lost': self.lost, 'doubled': self.doubled}, []

    def sleep_until(self, at_ms):
        time.sleep(max(0.0, at_ms / 1000 - self.now()))

    def arm(self):
        """Clocks that fall due within SPREAD_MS, from some seconds after now on: (number of the group of breaches, first instant).
        A busy machine needs more seconds to be ready for them."""
        lead_s = LEAD_S
        while lead_s < 60:
            group, base = self.arm_in(lead_s)
            if self.now() * 1000 < base - 1600:
                return group, base
            lead_s *= 2
        raise AssertionError('this machine is too slow: the clocks were due before the watchdog was ready')

    def arm_in(self, lead_s):
        stack = self.stack
        stack.rest(WATCHDOG)
        self.groups += 2
        breaches, warnings = self.groups, self.groups + 1
        base = (int(self.now()) + lead_s) * 1000
        for group, count, before_ms, due in ((breaches, BREACHES, clocks.ACCEPT_MS + 1, 'breach'), (warnings, WARNINGS, clocks.ACCEPT_MS * 3 // 4, 'later')):
            clocks.copy(stack, self.template, group, count,
                        f"to_timestamp (({base} + (n - 1) * {SPREAD_MS} / {count}) / 1000.0) - interval '{before_ms} milliseconds'", due)
        stack.resume(WATCHDOG)
        stack.wait_ready([WATCHDOG])
        return breaches, base

    def said(self, group):
        """Every warning and breach of the group's clocks: (clock, percent) -> (instant, recorded, late_by_ms), by event."""
        prefixes = tuple(f'01900000-0000-7000-8{number:03x}-' for number in (group, group + 1))
        found = []
        for event in self.bus.replay(WATCHDOG, self.heard_before):
            if event.type.endswith(('.SlaBreached', '.SlaWarned')):
                told = body(event)
                if told.clock_id.startswith(prefixes):
                    breach = event.type.endswith('.SlaBreached')
                    instant = told.breach_at + 1 if breach else told.threshold_at
                    found.append(((told.clock_id, 100 if breach else told.percent), instant, event.recorded, told.late_by_ms))
        return found

    def wait_said(self, group):
        def all_said():
            return self.stack.value(f"select count (*) from {clocks.SCHEMA}.threshold where decided_at > now () - interval '5 minutes' and "
                                    f"(clock_id like '%-8{group:03x}-%' or clock_id like '%-8{group + 1:03x}-%')") >= BREACHES + WARNINGS
        wait_for(all_said, 'every threshold is said', 60, 0.3)

    def verdicts(self, group, base):
        """What is known of each clock and threshold, with instants from the first one on: the same on every day."""
        ours = f"clock_id like '%-8{group:03x}-%' or clock_id like '%-8{group + 1:03x}-%'"
        milliseconds = '(extract (epoch from {0}) * 1000)::bigint - ' + str(base)
        rows = self.stack.sql(
            f"select substr (t.clock_id, 25) as clock, {group + 1} - ('x0' || substr (t.clock_id, 21, 3))::bit(16)::int as part, t.generation, t.percent, "
            f"{milliseconds.format('t.threshold_at')} as at, t.said, c.state, c.breached, c.handled_percent, c.warned_percent, "
            f"{milliseconds.format('c.due_at')} as due, {milliseconds.format('c.breach_at')} as breach "
            f"from {clocks.SCHEMA}.threshold t join {clocks.SCHEMA}.sla_clock c on c.id = t.clock_id where {ours.replace('clock_id', 't.clock_id')}")
        return collections.Counter(tuple(row.values()) for row in rows)

    def earliest(self, group):
        """When the first was recorded by the clock of Postgres, which nobody changes: ms after its instant."""
        return self.stack.value(
            'select min (extract (epoch from pg_xact_commit_timestamp (xmin) - threshold_at) * 1000)::float8 '
            f"from {clocks.SCHEMA}.threshold where clock_id like '%-8{group:03x}-%' or clock_id like '%-8{group + 1:03x}-%'")

    def fall_due(self, fault, early_ms=0):
        """Arms a group, lets the fault happen, and judges what was said. fault: takes the first instant, ms; returns the
        instant from which on all is well, 0: always was. early_ms: so wrong may a clock be. How late they were, for the remark."""
        status = self.bus.status(WATCHDOG)
        self.heard_before = status.last_sequence
        group, base = self.arm()
        well_from = fault(base)
        self.wait_said(group)
        said = self.said(group)
        count = collections.Counter(key for key, _, _, _ in said)
        self.said_times += len(said)
        self.lost += BREACHES + WARNINGS - len(count)
        self.doubled += len(said) - len(count)
        check(len(count) == BREACHES + WARNINGS, f'{len(count)} thresholds of {BREACHES + WARNINGS} were said')
        check(len(said) == len(count), f'said more than once: {[key for key, times in count.items() if times > 1][:5]}')
        for key, instant, recorded, late_by_ms in said:
            check(recorded >= instant, f'{key} was said {instant - recorded} ms early')
            check(late_by_ms == recorded - instant, f'{key} says it is {late_by_ms} ms late, it is {recorded - instant}')
            limit = max(instant + STEADY_MS, well_from + RECOVERY_MS)
            check(recorded <= limit, f'{key} was due at {instant}, all was well from {well_from} on, and it was said at {recorded}')
        earliest = self.earliest(group)
        check(earliest >= -early_ms, f'one was recorded {-earliest:.0f} ms early by the clock of Postgres')
        verdicts = self.verdicts(group, base)
        if self.quiet_day is None:
            self.quiet_day = verdicts
        difference = list((verdicts - self.quiet_day).items())[:3] + list((self.quiet_day - verdicts).items())[:3]
        check(verdicts == self.quiet_day, f'the verdicts are others than on a quiet day: {difference}')
        self.wait_index()
        missing = clocks.missing_in_index(self.stack)
        check(not missing, f'{len(missing)} timers are missing in Redis, due at {missing[:3]}')
        late = sorted(row[3] for row in said)
        return f'{len(said)} thresholds, late by {late[len(late) // 2]} ms at the median, {late[-1]} ms at most'

    def wait_index(self):
        epoch = str(self.stack.value(f'select epoch from {clocks.SCHEMA}.lease'))
        wait_for(lambda: self.stack.redis('get', 'sla:due:marker') == epoch, 'the index is whole', 30)


def test_n3_on_a_quiet_day_each_threshold_is_said_once_at_its_instant(world):
    return world.fall_due(lambda base: 0)


def test_f8_an_index_that_is_flushed_while_clocks_fall_due_costs_nothing(world):
    def fault(base):
        for after_ms in (-500, 1000, 2500):
            world.sleep_until(base + after_ms)
            world.stack.redis('flushall')
        return 0
    return world.fall_due(fault)


def test_f8_without_redis_thousands_of_clocks_are_said_in_time_and_with_the_same_verdicts(world):
    def fault(base):
        world.sleep_until(base - 1500)
        world.stack.rest('redis', is_killed=True)
        world.sleep_until(base - 1500 + REDIS_DOWN_S * 1000)
        world.stack.resume('redis')
        return 0
    return world.fall_due(fault)


def test_n3_what_fell_due_while_the_watchdog_was_dead_is_said_once_with_the_same_verdicts(world):
    def fault(base):
        world.sleep_until(base + 500)
        world.stack.rest(WATCHDOG, is_killed=True)
        world.stack.redis('flushall')
        world.sleep_until(base + SPREAD_MS + 1000)
        world.stack.resume(WATCHDOG)
        world.stack.wait_ready([WATCHDOG])
        return time.time() * 1000
    return world.fall_due(fault)


def test_n3_a_watchdog_that_dies_again_and_again_among_its_clocks_says_each_once(world):
    def fault(base):
        for after_ms in (300, 1100, 1900, 2700, 3500):
            world.sleep_until(base + after_ms)
            world.stack.kill(WATCHDOG)
        world.stack.wait_ready([WATCHDOG])
        return time.time() * 1000
    return world.fall_due(fault)


class JumpingClock:
    """A clock of some processes' own that jumps when it is told to."""

    def __init__(self, stack, name='clock'):
        self.file = f'{stack.home}/{name}'
        self.set('+0')
        self.environment = {
            'LD_PRELOAD': 'libfaketime.so.1', 'LD_LIBRARY_PATH': glob.glob('/usr/lib/*/faketime')[0], 'FAKETIME_TIMESTAMP_FILE': self.file,
            'FAKETIME_NO_CACHE': '1', 'FAKETIME_DONT_FAKE_MONOTONIC': '1', 'FAKETIME_DISABLE_SHM': '1',
            'ASAN_OPTIONS': stack.environment['ASAN_OPTIONS'] + ':verify_asan_link_order=0'}

    def set(self, offset):
        with open(self.file + '.new', 'w', encoding='utf-8') as file:
            file.write(offset + '\n')
        os.rename(self.file + '.new', self.file)


def test_f16_a_clock_that_jumps_ahead_fires_nothing_until_it_is_right_again(world):
    clock, child = JumpingClock(world.stack), world.stack.child(WATCHDOG)
    child.environment = clock.environment

    def fault(base):
        world.sleep_until(base - 1500)
        clock.set('+3600')
        world.sleep_until(base + 1500)
        clock.set('+0')
        return time.time() * 1000
    try:
        return world.fall_due(fault)
    finally:
        child.environment = {}


def test_f16_a_clock_that_slowly_runs_ahead_is_noticed_before_it_says_anything_a_second_early(world):
    clock, child = JumpingClock(world.stack), world.stack.child(WATCHDOG)
    child.environment = clock.environment
    try:
        return world.fall_due(lambda base: drift(world, clock, base), BELIEVED_MS)
    finally:
        child.environment = {}


def drift(world, clock, base, direction=1):
    """A second in two, in steps that are no jumps, until all are due."""
    began = world.now()
    while world.now() * 1000 < base + SPREAD_MS:
        wrong = (world.now() - began) / 2 * direction
        clock.set(f'{world.now() - time.time() + wrong:+.3f}')
        time.sleep(0.05)
    clock.set(f'{world.now() - time.time():+.3f}')
    return world.now() * 1000


def test_n3_a_promise_that_is_moved_at_the_last_moment_is_broken_at_its_new_instant_only(world):
    """The window in memory knows the first instant already."""
    now = int(time.time() * 1000)
    before = world.bus.status(WATCHDOG).last_sequence
    for due_at in (now + 500, now + 4000):
        world.bus.do(company.SLA + 'SetSlaDeadline', {'case_id': world.template, 'milestone': 'MILESTONE_ARRIVE', 'due_at': due_at})
    breaches = wait_for(lambda: [event for event in world.bus.replay(WATCHDOG, before) if event.type.endswith('.SlaBreached')], 'the breach', 15)
    check(len(breaches) == 1 and body(breaches[0]).breach_at == now + 4000, f'said: {breaches}')
    late_ms = breaches[0].recorded - now - 4001
    check(0 <= late_ms <= STEADY_MS, f'the breach was said {late_ms} ms after its instant')


if __name__ == '__main__':
    chaos.main([
        test_n3_on_a_quiet_day_each_threshold_is_said_once_at_its_instant,
        test_n3_a_promise_that_is_moved_at_the_last_moment_is_broken_at_its_new_instant_only,
        test_f8_an_index_that_is_flushed_while_clocks_fall_due_costs_nothing,
        test_f8_without_redis_thousands_of_clocks_are_said_in_time_and_with_the_same_verdicts,
        test_n3_what_fell_due_while_the_watchdog_was_dead_is_said_once_with_the_same_verdicts,
        test_n3_a_watchdog_that_dies_again_and_again_among_its_clocks_says_each_once,
        test_f16_a_clock_that_jumps_ahead_fires_nothing_until_it_is_right_again,
        test_f16_a_clock_that_slowly_runs_ahead_is_noticed_before_it_says_anything_a_second_early], World, together=True)
