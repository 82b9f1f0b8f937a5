"""A hundred thousand hostile, broken and merely wrong messages at each door of a company: the command door over a Unix socket and over
CURVE, the ear for events of others, HTTP (F12, F17, I14). Nobody dies, and what was received is what was answered, kept as a dead
letter, applied, or dropped with its connection: each counted. Files have a test of their own, hostile_files_test.py. There is no
MQTT door.

    hostile_test.py [--seed N] [--count N]"""
import argparse
import collections
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time

import zmq

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from bad_input_test import Scene                                                        # noqa: E402
from lib import hostile, proto                                                          # noqa: E402
from lib.bus import BUS, STATUS_NAMES                                                   # noqa: E402
from lib.company import INTAKE                                                          # noqa: E402
from lib.stack import BUILD, SERVICES, Stack, wait_for                                  # noqa: E402
from lib.tap import check, main                                                         # noqa: E402

SEED = 20261126
WINDOW = 300                    # requests without an answer at one door
OVERSIZE = 50                   # frames that end their connection
RESPONSE = proto.message_class(BUS + 'Response')
PUBLISHER = 'inventory'         # whose place the false publisher takes


class World:
    def __init__(self, stack, count, seed):
        self.stack, self.count, self.seed = stack, count, seed
        self.scene = Scene(stack)
        self.bus = self.scene.bus
        self.examples = self.scene.examples()
        self.pids = stack.pids()

    def all_well(self):
        """Nobody has died, and normal requests work."""
        self.stack.wait_ready()
        check(self.stack.pids() == self.pids, f'somebody died: {self.pids} are now {self.stack.pids()}')
        self.bus.do(INTAKE + 'SubmitServiceRequest', {'channel': 'CHANNEL_PHONE', 'external_id': f'well-{time.monotonic_ns()}',
                                                      'asset_id': 'a1', 'type': 'REQUEST_TYPE_REPAIR', 'text': 'it leaks'})


def kind_of(packed):
    response = RESPONSE.FromString(packed)
    which = response.WhichOneof('body')
    return STATUS_NAMES[response.reply.status] if which == 'reply' else which


class Doors:
    """A DEALER to each service, with a bounded number of requests under way."""

    def __init__(self, connect):
        self.sockets = {service: connect(service) for service in SERVICES}
        self.flying = collections.Counter()
        self.answers = collections.Counter()
        self.poller = zmq.Poller()
        for one in self.sockets.values():
            self.poller.register(one, zmq.POLLIN)
        self.names = {one: service for service, one in self.sockets.items()}

    def collect(self, timeout_ms):
        ready = self.poller.poll(timeout_ms)
        for one, _ in ready:
            try:
                while True:
                    self.answers[kind_of(one.recv(zmq.NOBLOCK))] += 1
                    self.flying[self.names[one]] -= 1
            except zmq.Again:
                pass
        return bool(ready)

    def send(self, service, packed):
        while self.flying[service] >= WINDOW:
            check(self.collect(60000), f'{service} answers nothing for a minute')
        self.sockets[service].send(packed)
        self.flying[service] += 1

    def finish(self):
        while sum(self.flying.values()):
            check(self.collect(60000), f'never answered: {+self.flying}')
        for one in self.sockets.values():
            one.close()


def storm(world, connect, seed):
    """Through every command door; a sentence with every number."""
    requests, doors = hostile.Requests(world.examples, SERVICES, seed), Doors(connect)
    for sent in range(world.count):
        doors.send(*requests.any())
        if sent % 100 == 0:
            doors.collect(0)
    doors.finish()
    check(sum(doors.answers.values()) == world.count, f'{world.count} sent, answered {dict(doors.answers)}')
    dropped = drop(world, connect)
    world.all_well()
    return f'{world.count + dropped} received = ' + ' + '.join(f'{n} {kind}' for kind, n in sorted(doors.answers.items())) + (
        f' + {dropped} dropped with their connection')


def drop(world, connect):
    """Frames above the limit end the connection, and nothing else: the next on a new one is answered."""
    for number in range(OVERSIZE):
        service = SERVICES[number % len(SERVICES)]
        monster = connect(service)
        with monster.get_monitor_socket(zmq.EVENT_DISCONNECTED) as monitor:
            monster.send(b'\x0a' * (1024 * 1024 + 1 + number))
            check(monitor.poll(20000), f'{service} keeps a connection with a frame above the limit')
            monster.disable_monitor()
        monster.close()
    return OVERSIZE


def test_f12_the_command_door_over_a_unix_socket_answers_every_message(world):
    def connect(service):
        one = zmq.Context.instance().socket(zmq.DEALER)
        one.linger, one.sndhwm, one.rcvhwm = 0, 0, 0
        one.connect(world.bus.address(service, 'cmd'))
        return one
    return storm(world, connect, world.seed)


def certificate(path):
    with open(path, encoding='utf-8') as file:
        keys = dict(re.findall(r'(\w+)-key = "(.*)"', file.read()))
    return keys['public'].encode(), keys.get('secret', '').encode()


def test_f12_the_command_door_over_curve_answers_every_message(world):
    public, secret = certificate(f'{world.stack.home}/keys/hostile.key_secret')
    server, _ = certificate(f'{world.stack.home}/keys/server.key')

    def connect(service):
        one = zmq.Context.instance().socket(zmq.DEALER)
        one.linger, one.sndhwm, one.rcvhwm = 0, 0, 0
        one.curve_publickey, one.curve_secretkey, one.curve_serverkey = public, secret, server
        one.connect(f'tcp://127.0.0.1:{world.port + 10 * (SERVICES.index(service) + 1) + 1}')
        return one
    return storm(world, connect, world.seed + 1)


# ---- the ear

class FalsePublisher:
    """In the place of a service: events with its numbers and bodies that are wrong, frames that are no events, lies about its head."""

    def __init__(self, world, count):
        self.head = world.bus.status(PUBLISHER).last_sequence
        real = world.bus.replay(PUBLISHER)
        self.bodies = hostile.Bodies({event.type: proto.parse(event.type, event.data) for event in real}, world.seed)
        self.rng, self.junk, self.stored = random.Random(world.seed), 0, {}
        self.epoch = real[-1].epoch + 1
        self.last_real = real[-1]
        self.context = zmq.Context.instance()
        self.pub, self.router = self.context.socket(zmq.PUB), self.context.socket(zmq.ROUTER)
        self.pub.sndhwm, self.pub.linger, self.router.linger = 0, 0, 0
        self.count, self.stop, self.is_said = count, threading.Event(), threading.Event()

    def start(self, world):
        for one, door in ((self.pub, 'pub'), (self.router, 'cmd')):
            one.bind(world.bus.address(PUBLISHER, door))
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def end(self):
        self.stop.set()
        self.thread.join()
        self.pub.close()
        self.router.close()

    def next_event(self):
        self.head += 1
        name, data = self.bodies.any(self.rng)
        if self.rng.random() < 0.2:
            name = self.rng.choice(('fettle.inventory.v1.NoSuch', 'fettle.intake.v1.CustomerRegistered', 'x' * 900))
        event = hostile.text(1, b'01a20000-0000-7000-8000-%012x' % self.head) + hostile.text(2, PUBLISHER.encode())
        event += hostile.text(3, name.encode()) + hostile.number(7, self.head) + hostile.text(8, b'story-%d' % (self.head % 50))
        event += hostile.number(12, self.epoch) + hostile.text(13, data)
        self.stored[self.head] = event
        return name.encode(), event

    def next_junk(self):
        """What no consumer can take for an event."""
        self.junk += 1
        return b'fettle.inventory.v1.StockMoved', self.rng.choice((
            b'\xff' * 11 + self.rng.randbytes(self.rng.randrange(1, 100)), b'\x0a\xff',
            b'\x0a\x05\xff\xfe\xfd\xfc\xfb', b'\x0b' * 500, b'\x00\x00', hostile.text(1, b'a\0b'), hostile.text(13, b'x' * 100)[:-1]))

    def answer(self):
        while self.router.poll(0):
            peer, packed = self.router.recv_multipart()
            request = proto.parse(BUS + 'Request', packed)
            if request.WhichOneof('body') == 'replay':
                after = request.replay.after
                known = {self.last_real.sequence: self.last_real.SerializeToString()}
                run = [self.stored.get(n) or known.get(n) for n in range(after + 1, min(after + 400, self.head) + 1)]
                events = b''.join(hostile.text(1, event) for event in run if event)
                self.router.send_multipart([peer, hostile.text(2, events + hostile.number(2, self.head) + hostile.number(5, after + 1))])

    def beat(self):
        packed = hostile.text(1, PUBLISHER.encode()) + hostile.number(2, self.head) + hostile.number(3, self.epoch)
        self.pub.send_multipart([b'fettle.bus.v1.Heartbeat', packed])

    def run(self):
        """Nothing is said before those who listen have found it."""
        beat_at, left = 0, self.count
        while not self.stop.is_set():
            self.answer()
            if time.monotonic() > beat_at:
                self.beat()
                beat_at = time.monotonic() + 0.5
            for _ in range(min(left, 200) if self.is_said.is_set() else 0):
                left -= 1
                self.pub.send_multipart(self.next_junk() if self.rng.random() < 0.3 else self.next_event())
            time.sleep(0.002)
        check(left == 0, f'{left} were not said')


def test_f12_f17_the_ear_for_events_applies_buries_or_counts_every_message(world):
    """The consumers of one publisher hear somebody else in its place. Its own end is the story of a publisher that was restored."""
    stack = world.stack
    stack.wait_quiet()
    consumers = [s for s in SERVICES if s != PUBLISHER and stack.value(
        f"select count (*) from {proto.schema_of(s)}.cursor where source = '{PUBLISHER}'")]
    before = {s: figures(world, s) for s in consumers}
    false = FalsePublisher(world, world.count)
    first = false.head
    stack.rest(PUBLISHER)
    false.start(world)
    try:
        wait_for(lambda: all(reason(world, s) == '' and figures(world, s)['replies'] > before[s]['replies'] for s in consumers),
                 'every consumer has found it', 60)
        false.is_said.set()
        wait_for(lambda: all(cursor(world, s) == false.head and false.junk + false.head - first == world.count for s in consumers),
                 lambda: f'all is applied: {[cursor(world, s) for s in consumers]} of {false.head}', 300, 0.5)
        wait_for(lambda: all(figures(world, s)['malformed'] - before[s]['malformed'] == false.junk for s in consumers),
                 lambda: f'all junk is counted: {[figures(world, s)["malformed"] - before[s]["malformed"] for s in consumers]} of {false.junk}', 60)
    finally:
        false.end()
        stack.resume(PUBLISHER)
    told = []
    for service in consumers:
        now = figures(world, service)
        dead, junk = now['dead'] - before[service]['dead'], int(now['malformed'] - before[service]['malformed'])
        applied = false.head - first - dead
        check(applied + dead + junk == world.count and dead > 0, f'{service}: {applied} + {dead} + {junk} of {world.count}')
        told.append(f'{service} {applied} applied + {dead} dead letters + {junk} dropped as no event')
    for service in consumers:
        empty = stack.value(f"select count (*) from {proto.schema_of(service)}.dead_letter where reason = '' or type = ''")
        check(empty == 0, f'{service} has {empty} dead letters without a reason')
    wait_for(lambda: all(f'resync {PUBLISHER}' in reason(world, s) for s in consumers), 'they find that this was another', 60)
    stack.fettle('resync', PUBLISHER)
    wait_for(lambda: all(reason(world, s) == '' for s in consumers), 'they hear it again', 60)
    stack.wait_quiet()
    world.pids = stack.pids()                   # those that were set back have begun again
    return f'{world.count} received: ' + '; '.join(told)


def reason(world, service):
    status = world.bus.status(service, 30.0)
    return status.reason if status else 'no answer'


def cursor(world, service):
    return next(lag.applied for lag in world.bus.status(service, 30.0).lags if lag.source == PUBLISHER)


def figures(world, service):
    """What a service has counted itself."""
    metrics = world.bus.status(service, 30.0).metrics
    lines = {line.rsplit(' ', 1)[0]: float(line.rsplit(' ', 1)[1]) for line in metrics.splitlines() if not line.startswith('#')}
    return {'malformed': lines[f'fettle_commands_total{{service="{service}",status="malformed"}}'],
            'dead': world.stack.value(f'select count (*) from {proto.schema_of(service)}.dead_letter'),
            'replies': lines[f'fettle_replayed_events_total{{service="{service}"}}']}


# ---- HTTP

def talk(port, packed, is_over=True):
    """All that comes back until the other side closes, or answers nothing more for a moment."""
    with socket.create_connection(('127.0.0.1', port), 10) as one:
        one.settimeout(10)
        answer = b''
        try:
            one.sendall(packed)
            if is_over:
                one.shutdown(socket.SHUT_WR)
            while True:
                piece = one.recv(1 << 16)
                if not piece:
                    break
                answer += piece
        except OSError:                         # reset: the connection was dropped
            pass
        return answer


def test_f12_the_http_door_answers_or_drops_every_request(world):
    rng, counts, sent = random.Random(world.seed + 3), collections.Counter(), 0
    ports = [world.port + 10 * (number + 1) + 2 for number in range(len(SERVICES))]
    while sent < world.count:
        polite, rude = [], []
        for _ in range(min(30, world.count - sent)):
            packed, is_polite = hostile.http(rng)
            (polite if is_polite else rude).append(packed)
        polite = polite or [b'GET / HTTP/1.1\r\nHost: x\r\n\r\n']
        sent += len(polite) + len(rude)
        polite[-1] = polite[-1].replace(b'Host: x', b'Host: x\r\nConnection: close')
        answer = talk(rng.choice(ports), b''.join(polite), is_over=False)
        statuses = [status.decode() for status in re.findall(rb'HTTP/1\.\d (\d{3}) ', answer)]
        statuses = statuses if len(statuses) == len(polite) else statuses + ['dropped'] * (len(polite) - len(statuses))
        counts.update(statuses)
        for packed in rude:
            answer = talk(rng.choice(ports), packed)
            counts[answer.split(b' ')[1].decode() if answer.startswith(b'HTTP/1.') else 'dropped'] += 1
    check(sum(counts.values()) == sent and not counts['200'], f'{sent} sent: {dict(counts)}')
    check(counts['404'] > world.count * 0.1 and counts['dropped'] < world.count * 0.1, dict(counts))
    for port in ports:
        check(b'200 OK' in talk(port, b'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'), f'{port} is healthy')
    world.all_well()
    return f'{sent} received = ' + ' + '.join(f'{n} {kind}' for kind, n in sorted(counts.items()))


# ---- files and settings

def run(environment, *arguments):
    done = subprocess.run([f'{BUILD}/fettle', *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def test_f12_files_and_settings_that_make_no_sense_are_refused_with_a_sentence(world):
    """The whole way, a program started for each file; hostile_files_test.py gives the many."""
    rng, counts, wrong = random.Random(world.seed + 4), collections.Counter(), []
    folder = f'{world.stack.home}/files'
    os.makedirs(f'{folder}/backup', exist_ok=True)
    world.stack.fettle('backup', f'{folder}/good')
    with open(f'{folder}/good/manifest.json', 'rb') as file:
        manifest = file.read()
    os.link(f'{folder}/good/fettle.dump', f'{folder}/backup/fettle.dump')
    seeds = {'sla': b'{"cases": [{"name": "x", "zone": "Europe/Rome"}]}', 'plan': b'{"visits": [], "resources": []}',
             'ics': b'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20300101\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'}
    for _ in range(max(20, world.count // 1000)):
        for name, seed, arguments in (('sla', seeds['sla'], ['sla', 'check']), ('plan', seeds['plan'], ['plan']),
                                      ('ics', seeds['ics'], ['calendar', 'import', '--calendar', 'no-such']), ('backup', manifest, None)):
            path = f'{folder}/backup/manifest.json' if name == 'backup' else f'{folder}/{name}'
            with open(path, 'wb') as file:
                file.write(hostile.damaged(rng, hostile.damaged(rng, seed)))
            code, said = run(world.stack.environment, *(arguments + [path] if arguments else ['restore', f'{folder}/backup', '--over']))
            counts[f'{name} {"refused" if code else "taken"}'] += 1
            if code < 0 or code > 3 or (code and not said.strip()):
                wrong.append(f'{name}: {code} {said[-300:]}')
        name, value = rng.choice(('FETTLE_BUS', 'FETTLE_DSN', 'FETTLE_METRICS', 'FETTLE_TCP', 'FETTLE_PORT', 'FETTLE_REDIS')), rng.choice(
            ('', 'x' * 5000, 'tcp://', 'ipc://', '%n%s%n', '-1', '99999999999', 'tcp://127.0.0.1:{port', "host='"))
        code, said = run({**world.stack.environment, name: value}, 'status')
        counts['settings taken' if code == 0 else 'settings refused'] += 1
        if code < 0 or code > 3:
            wrong.append(f'{name}={value[:40]}: {code} {said[-300:]}')
    check(not wrong, '\n'.join(wrong[:20]))
    world.all_well()
    return ', '.join(f'{n} {kind}' for kind, n in sorted(counts.items()))


def test_i14_afterwards_it_comes_to_rest_and_the_audit_is_clean(world):
    world.stack.audit(180)


if __name__ == '__main__':
    options = argparse.ArgumentParser()
    options.add_argument('--seed', type=int, default=SEED)
    options.add_argument('--count', type=int, default=100000 if 'san' not in BUILD.split('/') else 5000)
    chosen = options.parse_args()
    print(f'# seed {chosen.seed}, {chosen.count} at each door')
    port = 21000 + os.getpid() % 80 * 100
    with Stack({'FETTLE_PORT': str(port), 'FETTLE_TCP': 'tcp://127.0.0.1:{port}', 'FETTLE_METRICS': '127.0.0.1:{port}'}) as running:
        running.environment['FETTLE_KEYS'] = f'{running.home}/keys'
        running.start_servers()
        running.fettle('migrate')
        running.fettle('keys', 'new', 'hostile', '--role', 'system')
        running.start_services()
        world_ = World(running, chosen.count, chosen.seed)
        world_.port = port
        main([test for name, test in list(globals().items()) if name.startswith('test_')], world_)
