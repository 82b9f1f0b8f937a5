"""The room of the fault matrix: a company under traffic, a fault, and then the question whether everything promised still holds.

A file of tests/chaos has functions test_f<number>_<sentence> (world) and ends with

    chaos.main ([test_f7_..., test_f7_...])             # or (tests, world=A world of its own, together=True)

Each makes its fault, says when it is over if that is before it returns (world.fault_is_over ()), and returns a text on what was
done. Then the room measures how long it takes until every service is ready and everything that was outstanding is done (I16: at
most 60 s), ends the traffic, waits for quiet, and asks `fettle audit` and the independent proof. `make chaos` gives each its own
company; `make test`, and files that say so, go through all of them with one. What a machine does not offer raises NotHere."""
import argparse
import json
import os
import random
import sys
import time
import traceback

from lib import company
from lib.bus import ACCEPTED
from lib.proof import prove
from lib.proto import ROOT, schema_of
from lib.provider import Provider
from lib.stack import Stack, TestFailed, wait_for
from lib.tap import check
from lib.traffic import Traffic

SEED = 20261122
RECOVERY_S = 60.0               # I16
SHORT_S, LONG_S = 60.0, 600.0   # faults that go on for a while: in `make test`, in `make chaos`


class NotHere(Exception):
    """What this machine does not offer: a right, a package. The scenario is not run, and this says why."""


def memory_kb(pid):
    """The most it has ever had in memory."""
    with open(f'/proc/{pid}/status', encoding='utf-8') as file:
        return next(int(line.split()[1]) for line in file if line.startswith('VmHWM'))


class World:
    """A settled company under traffic. Files with other needs change the class's values, or make_stack."""
    rate = 25                   # of the traffic, actions a second
    postgres_settings = ''
    root = ROOT                 # of the release that the company begins with

    def __init__(self, seed, seconds, is_long):
        self.seed, self.seconds, self.is_long = seed, seconds, is_long
        self.rng = random.Random(seed)
        self.provider = self.stack = self.bus = self.traffic = None
        self.over_at = None

    def make_provider(self):
        return Provider()

    def make_stack(self):
        return Stack(self.provider.environment(), postgres_settings=self.postgres_settings)

    def open(self):
        self.provider = self.make_provider()
        self.stack = self.make_stack()
        self.stack.start()
        self.bus = self.stack.bus()
        company.settle(self.stack, self.bus, self.provider.url, self.root)
        self.begin()

    def begin(self):
        """What goes on while the faults happen; returns when an engineer is at work already."""
        self.traffic = Traffic(self.stack, self.seed, self.rate).start()
        wait_for(lambda: self.traffic.busy, 'an engineer is at work')

    def close(self, is_well):
        if self.stack:
            self.stack.keep_home |= not is_well
            self.stack.stop()
        if self.provider:
            self.provider.close()

    def fault_is_over(self):
        self.over_at = time.time()

    def recover(self):
        """Until all are ready and what was outstanding at the end of the fault is done; how long that took, in seconds."""
        over_at, self.over_at = self.over_at or time.time(), None
        flying = set(list(self.traffic.flying)) if self.traffic else set()
        until = time.monotonic() + RECOVERY_S + 30
        self.stack.wait_ready()
        heads = {service: self.bus.status(service).last_sequence for service in self.stack.services}
        wait_for(lambda: not self.outstanding(flying, heads, over_at), lambda: f'done: {self.outstanding(flying, heads, over_at)}',
                 max(1.0, until - time.monotonic()), 0.1)
        took = time.time() - over_at
        check(took <= RECOVERY_S, f'it took {took:.1f} s until all was well again')
        return took

    def outstanding(self, flying, heads, over_at):
        """What is left of it, in words."""
        left = flying & set(list(self.traffic.flying)) if flying else set()
        if left:
            return f'{len(left)} commands are not answered'
        for service in self.stack.services:
            status = self.bus.status(service)
            if not status or not status.ready:
                return f'{service} is not ready'
            for lag in status.lags:
                if lag.applied < heads.get(lag.source, 0):
                    return f'{service} has applied {lag.applied} of {heads[lag.source]} of {lag.source}'
        for service in self.stack.services:
            due = self.stack.value(f'select count (*) from {schema_of(service)}.timer where due_at < to_timestamp ({over_at})')
            if due:
                return f'{due} timers of {service} are due'
        return ''

    def settle(self):
        """No more traffic; quiet; what the audit and the proof say. Figures for the table."""
        self.traffic.finish()
        proof = prove(self.stack, self.traffic, self.provider)
        accepted = sum(sent.verdict == ACCEPTED for sent in self.traffic.sent.values())
        return {'accepted': accepted, 'lost': proof.lost, 'doubled': proof.doubled}, proof.problems


class Result:
    """What came of one scenario: a line on the screen, a row in docs/reliability.md."""

    def __init__(self, name, seed):
        name = name.removeprefix('test_')
        self.fault = name.split('_')[0].upper()
        self.sentence = name.split('_', 1)[1].replace('_', ' ')
        self.seed = seed
        self.remark, self.verdict, self.problems, self.figures = '', 'passed', [], {}
        self.began = time.monotonic()
        self.took_s = 0.0

    def fail(self, error):
        is_said = isinstance(error, (AssertionError, TestFailed))
        self.verdict = 'FAILED'
        self.problems += (str(error) if is_said else ''.join(traceback.format_exception(error))).splitlines()

    def not_run(self, error):
        self.verdict, self.remark = 'not run', str(error)

    def tell(self):
        words = {'passed': 'ok', 'FAILED': 'not ok', 'not run': 'not run'}
        figures = ', '.join([f'{self.figures[name]} {name}' for name in ('accepted', 'said', 'lost', 'doubled') if name in self.figures]
                            + ([f'recovered in {self.figures["recovered_s"]} s'] if 'recovered_s' in self.figures else []))
        text = '; '.join(part for part in (self.remark, figures) if part)
        print(f'{words[self.verdict]} - {self.fault.lower()} {self.sentence}{": " + text if text else ""} ({self.took_s:.0f} s)')
        print(''.join(f'# {line}\n' for line in self.problems[:200]), end='')
        sys.stdout.flush()

    def keep(self):
        """For the run over the whole matrix, which names the file."""
        if os.environ.get('FETTLE_CHAOS_RESULTS'):
            with open(os.environ['FETTLE_CHAOS_RESULTS'], 'a', encoding='utf-8') as file:
                file.write(json.dumps({name: getattr(self, name) for name in (
                    'fault', 'sentence', 'seed', 'remark', 'verdict', 'problems', 'figures', 'took_s')}) + '\n')


def _go(test, world, result):
    """The fault and the recovery from it."""
    try:
        result.remark = test(world) or ''
        took = world.recover()
        if took is not None:
            result.figures['recovered_s'] = round(took, 1)
    except NotHere as error:
        result.not_run(error)
    except Exception as error:                  # one scenario that fails is told, the others go on
        result.fail(error)
        world.fault_is_over()
    result.took_s = time.monotonic() - result.began


def _settle(world, results):
    """Everything comes to rest and is judged: once, for all scenarios that shared the world."""
    rest = Result(results[0].fault + '_everything_comes_to_rest_and_the_invariants_hold', results[0].seed)
    try:
        rest.figures, problems = world.settle()
        check(not problems, '\n'.join(problems))
    except Exception as error:
        rest.fail(error)
    rest.took_s = time.monotonic() - rest.began
    for result in results:
        result.figures.update(rest.figures)
        if rest.verdict == 'FAILED':
            result.verdict, result.problems = 'FAILED', result.problems + rest.problems
    return rest


def _run_in_one_world(tests, world, seed):
    """The results of these tests, told. The world is opened and closed here."""
    results, is_shared = [Result(test.__name__, seed) for test in tests], len(tests) > 1
    try:
        world.open()
        for test, result in zip(tests, results):
            result.began = time.monotonic()
            _go(test, world, result)
            if is_shared:
                result.tell()
        judged = [result for result in results if result.verdict != 'not run']
        rest = _settle(world, judged) if judged else None
    except NotHere as error:
        rest = None
        for result in results:
            result.not_run(error)
    except Exception as error:
        rest = None
        for result in results:
            result.fail(error)
    finally:
        world.close(all(result.verdict != 'FAILED' for result in results))
    for told in ([rest] if rest and is_shared else results):
        told.tell()
    return results


def main(tests, world=World, together=False):
    options = argparse.ArgumentParser()
    options.add_argument('--seed', type=int, default=SEED)
    options.add_argument('--seconds', type=float, help='how long faults that repeat go on')
    options.add_argument('--faults', help='F2,F3: only these')
    options.add_argument('--match', default='', help='only those whose name has this in it')
    options.add_argument('--long', action='store_true', help='each scenario in a world of its own, and for its full time')
    chosen = options.parse_args()
    wanted = {name.strip().upper() for name in chosen.faults.split(',')} if chosen.faults else None
    tests = [test for test in tests if (not wanted or Result(test.__name__, 0).fault in wanted) and chosen.match in test.__name__]
    seconds = chosen.seconds or (LONG_S if chosen.long else SHORT_S)
    print(f'# seed {chosen.seed}')
    groups = [tests] if together or not chosen.long else [[test] for test in tests]
    failed = 0
    for group in groups:
        results = _run_in_one_world(group, world(chosen.seed, seconds, chosen.long), chosen.seed)
        failed += sum(result.verdict == 'FAILED' for result in results)
        for result in results:
            result.keep()
    sys.exit(1 if failed else 0)
