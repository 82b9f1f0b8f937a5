"""Many commands at once, and Postgres is killed while it has committed more than it has written to disk (F5): what is lost then is
what nobody has heard of."""
import os
import subprocess
import sys
import time

import zmq

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos, proto                                    # noqa: E402
from lib.bus import ACCEPTED, BUS, DUPLICATE, RETRY, Door, command      # noqa: E402
from lib.company import INTAKE                                  # noqa: E402
from lib.stack import Stack, wait_for                           # noqa: E402
from lib.tap import check                                       # noqa: E402

FLYING = 2000
DEATHS, DEATHS_MAX = 3, 20         # until one has cost something


class World(chaos.World):
    """intake alone, one caller with thousands of commands under way, one listener. A flush takes a tenth of a second, and nobody else
    writes the log meanwhile."""
    postgres_settings = 'fsync = on\ncommit_delay = 100000\ncommit_siblings = 0\nwal_writer_delay = 10s\nwal_writer_flush_after = 1GB\n'

    def open(self):
        self.stack = Stack(services=['intake'], postgres_settings=self.postgres_settings)
        self.stack.start()
        self.bus = self.stack.bus()
        self.door = Door(self.bus.address('intake', 'cmd'))
        self.follow = zmq.Context.instance().socket(zmq.SUB)
        self.follow.linger, self.follow.rcvhwm = 0, 1000000
        self.follow.subscribe(b'fettle.intake.')
        self.follow.connect(self.bus.address('intake', 'pub'))
        self.unanswered, self.accepted, self.heard = {}, set(), {}
        self.flying = set()         # of those unanswered: sent since Postgres died last
        self.serial = 0

    def send(self):
        while len(self.flying) < FLYING:
            self.serial += 1
            name = f'unwritten-{self.serial}'
            self.flying.add(name)
            self.unanswered[name] = command(INTAKE + 'RegisterCustomer', {
                'customer_id': name, 'details': {'name': name, 'currency': 'EUR', 'language': 'LANGUAGE_EN'}}, name)
            self.door.send(self.unanswered[name])

    def listen(self, timeout_s=0.01):
        while response := self.door.receive(timeout_s):
            reply = response.reply
            self.flying.discard(reply.id)
            if reply.status in (ACCEPTED, DUPLICATE):
                self.accepted.add(reply.id)
            if reply.status != RETRY:
                self.unanswered.pop(reply.id, None)
            timeout_s = 0
        while self.follow.poll(0):
            event = proto.parse(BUS + 'Event', self.follow.recv_multipart()[1])
            self.heard[event.sequence] = event.id

    def crash(self):
        """Under way, then killed. How many events had been committed by then and are gone. Who asks has connected before: while
        psql starts on a busy machine, all could be flushed."""
        question = 'select last_sequence from intake.lease'
        asker = subprocess.Popen(['psql', '-XqAt', '-d', f'{self.stack.server()} dbname=fettle user=postgres'], text=True,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=1)

        def last_sequence():
            asker.stdin.write(f'{question};\n')
            return int(asker.stdout.readline())

        last_sequence()
        self.flying.clear()
        answered, until = len(self.accepted), time.monotonic() + 30
        while len(self.accepted) < answered + 1500 and time.monotonic() < until:
            self.send()
            self.listen()
        before = last_sequence()
        self.stack.kill('postgres')
        asker.communicate()
        self.stack.wait_postgres()
        after = self.stack.value(question)
        wait_for(lambda: self.bus.status('intake').ready, 'intake is ready', 30)
        self.listen(0.2)
        return max(0, before - after)

    def ask_again(self):
        """As every client must: what was not answered, under the same id."""
        for request in self.unanswered.values():
            self.door.send(request)
        self.listen(0.5)
        return not self.unanswered

    def settle(self):
        """Everybody is answered; then what was said and what is kept are compared."""
        answered, heard = set(self.accepted), dict(self.heard)
        wait_for(self.ask_again, 'everything is answered', 30)
        replies = {row['id'] for row in self.stack.sql('select id from intake.reply')}
        log = self.bus.replay('intake')
        kept, subjects = {event.sequence: event.id for event in log}, [event.subject for event in log]
        lost = len(answered - replies) + sum(kept.get(sequence) != name for sequence, name in heard.items())
        doubled = len(subjects) - len(set(subjects))
        problems = [] if not lost and not doubled else [
            f'{len(answered - replies)} of {len(answered)} accepted commands are gone',
            f'{lost - len(answered - replies)} of {len(heard)} events that were heard are gone or others']
        if not self.serial == len(subjects) == self.stack.value('select count (*) from intake.customer'):
            problems.append(f'{self.serial} customers were sent, {len(subjects)} are in the log')
        return {'accepted': len(self.accepted), 'lost': lost, 'doubled': doubled}, problems


def test_f5_postgres_dies_with_commits_unwritten_and_nobody_has_heard_of_them(world):
    gone, deaths = 0, 0
    while deaths < DEATHS or (gone == 0 and deaths < DEATHS_MAX):
        gone += world.crash()
        deaths += 1
    check(gone > 0, 'nothing that was committed was lost: this shows nothing')
    check(len(world.heard) > 1000, f'only {len(world.heard)} events were heard')
    return f'killed {deaths} times; {gone} events were committed and gone, none of the {len(world.heard)} that were heard'


if __name__ == '__main__':
    chaos.main([test_f5_postgres_dies_with_commits_unwritten_and_nobody_has_heard_of_them], World)
