"""F7: connections to Postgres end around a commit, most of them when it is done and its answer is on the way. A service that does
not know whether its turn was committed finds out: by its last sequence, by the stored answer of a command, by its cursors."""
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos                                           # noqa: E402
from lib.bus import DUPLICATE                                   # noqa: E402
from lib.proxy import CutCommits, Proxy                         # noqa: E402
from lib.tap import check                                       # noqa: E402

SHORT_S, LONG_S = 20, 120


class World(chaos.World):
    proxy = None

    def make_stack(self):
        stack = super().make_stack()
        os.mkdir(f'{stack.home}/proxy')
        stack.environment['FETTLE_DSN'] = f'host={stack.home}/proxy dbname=fettle'
        self.cuts = CutCommits(random.Random(self.seed))
        self.proxy = Proxy(f'{stack.home}/proxy/.s.PGSQL.5432', f'{stack.home}/pg/.s.PGSQL.5432', self.cuts)
        return stack

    def close(self, is_well):
        super().close(is_well)
        if self.proxy:
            self.proxy.close()


def test_f7_a_connection_that_ends_around_a_commit_costs_nothing_and_doubles_nothing(world):
    world.cuts.begin()
    time.sleep(LONG_S if world.is_long else SHORT_S)
    world.cuts.end()
    done = world.cuts.done
    check(done['after'] >= 5 and done['before'] and done['during'], f'too few were cut: {dict(done)}')
    repeated = sum(DUPLICATE in sent.answers for sent in list(world.traffic.sent.values()))
    return (f'{sum(done.values())} connections: {done["before"]} before the commit was sent, {done["during"]} while it was worked on, '
            f'{done["after"]} before its answer arrived; {repeated} commands were sent again and had been done')


if __name__ == '__main__':
    chaos.main([test_f7_a_connection_that_ends_around_a_commit_costs_nothing_and_doubles_nothing], World)
