"""The whole of `make bench`: ours beside the peers in interleaved rounds, the product's path, history, rest and start."""
import collections
import os
import statistics
import sys
import time

import exchange
import history
import idle
import peers
import product
import timers
from lib.stack import Stack, TestFailed
from others import Calm

Size = collections.namedtuple('Size', 'rounds flood slow product replay histories idle_s live due clock_rounds repeats')
QUICK = Size(1, 20000, 150, 1, 100000, (10**5, 3 * 10**5), 3, 20000, 2000, 1, 0)
WHOLE = Size(5, 100000, 300, 10, 10**6, (10**5, 10**6, 10**7), 10, 100000, 10000, 1, 8)
FULL = WHOLE._replace(live=10**6, clock_rounds=3, repeats=20)
HISTORY_ROUNDS, HISTORY_FLOOD = 3, 20000      # small: what is measured is history, too
BEGAN = time.monotonic()


def say(text):
    passed = int(time.monotonic() - BEGAN)
    print(f'{passed // 60:3d}:{passed % 60:02d}  {text}', file=sys.stderr, flush=True)


def medians(results):
    return {key: statistics.median(result[key] for result in results) for key in results[0]}


class Bench:
    """A stack with ours and the peers, and everything that was found."""

    def __init__(self, size, wanted=None):
        self.size, self.wanted = size, wanted
        self.calm = Calm(size.repeats)
        self.systems, self.missing, self.found = [], {}, {}
        self.load_began = os.getloadavg()[0]
        self.stack = self.ours = self.scratch = None

    def peers(self):
        return [system for system in self.systems if system is not self.ours]

    # ---- servers

    def open(self, services):
        self.stack = Stack(services=services, postgres_settings=timers.POSTGRES)
        self.stack.start()
        self.scratch = os.path.dirname(self.stack.home)
        self.ours = exchange.Fettle(self.stack)

    def _is_wanted(self, name):
        return not self.wanted or name in self.wanted

    def start_peers(self):
        for peer in (kind(self.stack) for kind in peers.ALL):
            if not self._is_wanted(peer.name):
                continue
            say(f'{peer.title} starts')
            try:
                peer.start()
                self.systems.append(peer)
            except TestFailed as error:
                self._miss(peer, error)

    def _miss(self, peer, error):
        self.missing[peer.title] = str(error)
        say(f'{peer.title} is missing from here on: {error}')

    def start_ours(self):
        self.ours.start()
        if self._is_wanted(self.ours.name):
            self.systems.insert(0, self.ours)

    # ---- rounds

    def rounds(self, with_product):
        """Each system in turn, another one first in each round; then the product. Medians."""
        results, limits, paths = collections.defaultdict(list), [], []
        for number in range(self.size.rounds):
            limits.append(product.limits(self.stack))
            first = number % max(1, len(self.systems))
            for system in self.systems[first:] + self.systems[:first]:
                say(f'round {number + 1} of {self.size.rounds}: {system.title}')
                self._measure(system, results)
            if with_product:
                say(f'round {number + 1} of {self.size.rounds}: requests through all seven services')
                paths.append(self.calm(product.measure, with_product, self.size.product))
        self.found['systems'] = {system.title: medians(results[system.title]) for system in self.systems}
        self.found['limits'] = medians(limits)
        if paths:
            self.found['product'] = medians(paths)

    def _measure(self, system, results):
        try:
            results[system.title].append(self.calm(exchange.measure, system, self.size))
        except TestFailed as error:
            if system is self.ours:
                raise
            self.systems.remove(system)
            self._miss(system, error)

    # ---- what is measured once

    def rest(self):
        """Before anything was asked of anybody."""
        postgres, redis = self.stack.pid('postgres'), self.stack.pid('redis')
        services = [self.stack.pid(name) for name in self.stack.services]
        groups = {'Fettle, seven services': services, 'Fettle, with its Postgres and Redis': [*services, postgres, redis]}
        groups.update({peer.title: [self.stack.pid(name) for name in peer.processes] for peer in self.peers() if peer.name != 'postgres'})
        say(f'everybody at rest for {self.size.idle_s} s')
        self.found['idle'] = idle.measure(groups, self.size.idle_s)

    def history(self):
        say(f'replay of {self.size.replay:,} events')
        self.found['replay'] = self.calm(lambda: {'rate': history.replay(self.ours, self.size.replay)})['rate']
        self.found['history'] = {}
        history.forget(self.ours)
        small, rounds = self.size._replace(flood=HISTORY_FLOOD), min(HISTORY_ROUNDS, self.size.rounds)
        for events in self.size.histories:
            say(f'{events:,} events of history are made')
            if not history.grow(self.ours, events):
                self.missing[f'{events:,} events of history'] = f'the disk of {self.stack.home} has no room for them'
                break
            say(f'{events:,} events of history: {rounds} rounds')
            self.found['history'][events] = medians([self.calm(exchange.measure, self.ours, small) for _ in range(rounds)])

    def clocks(self):
        say(f'SLA clocks, {self.size.live:,} live')
        return timers.measure(self.size.live, self.size.due, self.size.clock_rounds, self.calm)

    def start_up(self):
        say('from nothing to ready, four times')
        self.found['start'] = product.start_up_times(3)


def exchange_alone(size, wanted):
    """Ours and the peers, or those of them that are wanted; no product."""
    bench = Bench(size, wanted)
    bench.open([])
    with bench.stack:
        bench.start_peers()
        bench.start_ours()
        bench.rounds(None)
    return bench


def everything(size):
    bench = Bench(size)
    bench.start_up()
    say('the stack and the peers start')
    bench.open(None)
    with bench.stack:
        bench.start_peers()
        bench.rest()
        bench.start_ours()
        path = product.Product(bench.stack)
        path.start()
        bench.rounds(path)
        bench.history()
    bench.found['clocks'] = bench.clocks()
    return bench
