"""F22: who comes to the TCP doors without a key, with one that nobody knows or that was revoked, with junk, or with what another has
said there before. Nobody of these is answered, none delays those who may come in, and none keeps a connection for long."""
import os
import random
import selectors
import socket
import statistics
import sys
import time

import zmq
import zmq.auth

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from f11_links_test import free_base                            # noqa: E402
from lib import chaos, proto                                    # noqa: E402
from lib.bus import BUS, REJECTED, command                      # noqa: E402
from lib.company import INTAKE                                  # noqa: E402
from lib.proxy import Fault, Link, Proxy                        # noqa: E402
from lib.stack import SERVICES, wait_for                        # noqa: E402
from lib.tap import check                                       # noqa: E402

TRIES, JUNK, QUESTIONS, REPLAYS = 5, 500, 200, 20
HANDSHAKE_S = 5                 # common/bus_socket.c
GREETING, WELCOME = 64, 170     # bytes that a server says before it knows who is there: ZMTP 3.1, CURVE
COUNTED = 0.9                   # who is no peer at all is counted unless somebody has come in while he was there
NULL_GREETING = b'\xff' + bytes(8) + b'\x7f\x03\x00' + b'NULL'.ljust(20, b'\0') + bytes(32)
STATUS = proto.message_class(BUS + 'Request')
DELAY_S = 1.0                   # nobody who may come in waits longer, whoever else is at the door


class World(chaos.World):
    """Services speak to each other on Unix sockets, and have doors on TCP besides."""
    def make_stack(self):
        stack = super().make_stack()
        self.base = free_base(random.Random(self.seed))
        self.keys = f'{stack.home}/keys'
        stack.environment.update({'FETTLE_KEYS': self.keys, 'FETTLE_PORT': str(self.base), 'FETTLE_TCP': 'tcp://127.0.0.1:{port}'})
        self.friend = self.new_key(stack, 'friend')
        return stack

    def open(self):
        super().open()
        self.pids_at_start = self.stack.pids()

    def new_key(self, stack, name):
        stack.fettle('keys', 'new', name, '--role', 'system')
        return zmq.auth.load_certificate(f'{self.keys}/{name}.key_secret')

    def port(self, service, door):
        return self.base + 10 * (SERVICES.index(service) + 1) + ('pub', 'cmd').index(door)

    def peer(self, kind, service, key=None, port=None):
        """A socket at a door: DEALER at that of commands, SUB at that of events. key None: the mechanism NULL."""
        peer = zmq.Context.instance().socket(kind)
        peer.linger = 0
        if key:
            peer.curve_serverkey = zmq.auth.load_certificate(f'{self.keys}/server.key')[0]
            peer.curve_publickey, peer.curve_secretkey = key
        if kind == zmq.SUB:
            peer.subscribe(b'')
        peer.connect(f'tcp://127.0.0.1:{port or self.port(service, "pub" if kind == zmq.SUB else "cmd")}')
        return peer


def ask_status(peer, timeout_s=10.0):
    """Seconds until the answer came; None: none came."""
    request, began = STATUS(), time.monotonic()
    request.get_status.SetInParent()
    peer.send(request.SerializeToString())
    if not peer.poll(int(timeout_s * 1000)):
        return None
    peer.recv()
    return time.monotonic() - began


def answered(peers, seconds):
    """Those of the peers, name -> socket, to whom anything was said within that time."""
    poller, heard = zmq.Poller(), set()
    request = STATUS()
    request.get_status.SetInParent()
    for peer in peers.values():
        poller.register(peer, zmq.POLLIN)
        if peer.type == zmq.DEALER:
            peer.send(request.SerializeToString())
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ready = dict(poller.poll(200))
        heard |= {name for name, peer in peers.items() if peer in ready}
        for peer in ready:
            poller.unregister(peer)
    return heard


LINES_MAX = 5                   # in a second, of one service: common/loop_stranger.c


def check_told(world, service, since, began):
    """The log says that somebody was not let in, in few lines however many came, and the figures how many. How many."""
    lines = [line for line in world.stack.log(service)[since:].splitlines() if 'not let in' in line]
    limit = LINES_MAX * (time.monotonic() - began + 2)
    check(any('127.0.0.1 was not let in' in line for line in lines), f'{service} does not say who was not let in: {lines[:3]}')
    check(len(lines) <= limit, f'{service} has said it in {len(lines)} lines, {limit:.0f} would do')
    return int(world.bus.metric(service, 'fettle_strangers_total'))


def check_unharmed(world):
    check(world.stack.pids() == world.pids_at_start, 'a service has ended')


def test_f22_nobody_without_a_key_or_with_one_that_is_unknown_or_revoked_is_answered_or_hears_anything(world):
    revoked = world.new_key(world.stack, 'leaver')
    leavers = {service: world.peer(zmq.DEALER, service, revoked) for service in SERVICES}
    for service, peer in leavers.items():
        check(ask_status(peer) is not None, f'{service} does not answer a key that is good')
    ear = world.peer(zmq.SUB, 'intake', revoked)
    check(ear.poll(10000), 'a key that is good hears nothing')
    world.stack.fettle('keys', 'revoke', 'leaver')
    cancel = command(INTAKE + 'CancelServiceRequest', {'request_id': 'none', 'reason': 'none'}).SerializeToString()
    leavers['intake'].send(cancel)
    check(leavers['intake'].poll(10000), 'a key that was revoked while it was connected is not told so')
    reply = proto.parse(BUS + 'Response', leavers['intake'].recv()).reply
    check(reply.status == REJECTED and reply.code == 'key.revoked', f'a key that was revoked: {reply}')
    wait_for(lambda: silent(ear), 'a key that was revoked hears nothing more', 30)
    peers, logs, began = {}, {service: len(world.stack.log(service)) for service in SERVICES}, time.monotonic()
    for kind in (zmq.DEALER, zmq.SUB):
        for service in SERVICES:
            for number in range(TRIES):
                peers[f'NULL {service} {kind} {number}'] = world.peer(kind, service)
                peers[f'unknown {service} {kind} {number}'] = world.peer(kind, service, zmq.curve_keypair())
                peers[f'revoked {service} {kind} {number}'] = world.peer(kind, service, revoked)
    heard = answered(peers, 2 * HANDSHAKE_S)
    check(not heard, f'answered: {sorted(heard)[:5]}')
    check(answered({'friend': world.peer(zmq.DEALER, 'intake', world.friend)}, 5) == {'friend'}, 'a good key has no answer')
    for peer in (*peers.values(), *leavers.values(), ear):
        peer.close()
    check_unharmed(world)
    told = sum(check_told(world, service, since, began) for service, since in logs.items())
    check(told >= len(peers) / 2, f'only {told} times told that somebody was not let in')
    return f'{len(peers)} peers tried to come in {told} times in {2 * HANDSHAKE_S} s at {2 * len(SERVICES)} doors, which is counted and logged'


def silent(ear):
    """Nothing for two heartbeats."""
    while ear.poll(0):
        ear.recv_multipart()
    return not ear.poll(2500)


def junk(world, number):
    return (b'', b'GET / HTTP/1.1\r\nHost: x\r\n\r\n', NULL_GREETING, NULL_GREETING + b'\x04\x19\x05READY' + bytes(40),
            world.rng.randbytes(2000))[number % 5]


def wait_times(peer):
    times = [ask_status(peer) for _ in range(QUESTIONS)]
    check(None not in times, 'who may come in has no answer')
    return times


def test_f22_half_a_thousand_connections_of_junk_delay_nobody_and_are_ended(world):
    pid, friend = world.stack.pid('intake'), world.peer(zmq.DEALER, 'intake', world.friend)
    told, log = world.bus.metric('intake', 'fettle_strangers_total'), len(world.stack.log('intake'))
    quiet, files = wait_times(friend), len(os.listdir(f'/proc/{pid}/fd'))
    strangers, selector, began = [], selectors.DefaultSelector(), time.monotonic()
    for number in range(JUNK):
        stranger = socket.create_connection(('127.0.0.1', world.port('intake', ('pub', 'cmd')[number // 5 % 2])))
        stranger.sendall(junk(world, number))
        stranger.setblocking(False)
        selector.register(stranger, selectors.EVENT_READ)
        strangers.append(stranger)
    crowded = wait_times(friend)
    newcomer = world.peer(zmq.DEALER, 'intake', world.friend)
    first = ask_status(newcomer)
    check(max(crowded) < DELAY_S, f'who was inside has waited {max(crowded):.2f} s')
    check(first is not None and first < DELAY_S, f'who came in meanwhile has waited {first} s')
    ended = wait_for_ends(selector, strangers, began)
    wait_for(lambda: len(os.listdir(f'/proc/{pid}/fd')) <= files + 5, 'the service has let go of them', 10)
    for peer in (*strangers, friend, newcomer):
        peer.close()
    check_unharmed(world)
    wait_for(lambda: world.bus.metric('intake', 'fettle_strangers_total') - told >= COUNTED * JUNK, f'most of {JUNK} are counted', 10)
    check_told(world, 'intake', log, began)
    return (f'a question took {statistics.median(quiet) * 1000:.1f} ms before and {statistics.median(crowded) * 1000:.1f} ms meanwhile, '
            f'{max(crowded) * 1000:.0f} ms at most, that of a newcomer {first * 1000:.0f} ms; the last was ended after {ended:.1f} s')


def wait_for_ends(selector, strangers, began):
    """Until the other side has ended all of them; how long that took."""
    left = set(strangers)
    while left:
        check(time.monotonic() - began < 4 * HANDSHAKE_S, f'{len(left)} connections of junk are still open')
        for key, _ in selector.select(0.5):
            try:
                is_over = not key.fileobj.recv(65536)
            except ConnectionError:
                is_over = True
            if is_over:
                selector.unregister(key.fileobj)
                left.discard(key.fileobj)
    return time.monotonic() - began


class _RecordedLink(Link):
    async def up(self, data):
        self.fault.said += data
        return data

    async def down(self, data):
        self.fault.heard += data
        return data


class Record(Fault):
    """Keeps what both sides say."""
    link = _RecordedLink

    def __init__(self):
        super().__init__()
        self.said, self.heard = b'', b''


def play(port, recorded, step):
    """Says the same again, in pieces of this size. What came back until the other side ended the connection, and when it did."""
    heard, began = b'', time.monotonic()
    with socket.create_connection(('127.0.0.1', port), timeout=4 * HANDSHAKE_S) as line:
        try:
            for at in range(0, len(recorded), step):
                line.sendall(recorded[at:at + step])
            while piece := line.recv(65536):
                heard += piece
        except ConnectionError:
            pass
        except TimeoutError:
            check(False, f'a handshake that was played again keeps its connection for {4 * HANDSHAKE_S} s')
    return heard, time.monotonic() - began


def test_f22_a_handshake_that_was_recorded_and_is_played_again_byte_for_byte_is_refused(world):
    port, record = world.port('intake', 'cmd'), Record()
    proxy = Proxy(('127.0.0.1', world.base + 99), ('127.0.0.1', port), record)
    friend = world.peer(zmq.DEALER, 'intake', world.friend, world.base + 99)
    check(ask_status(friend) is not None, 'the one who is recorded has no answer')
    friend.close()
    proxy.close()
    said, heard = record.said, record.heard
    check(len(heard) > GREETING + WELCOME + 100, f'only {len(heard)} bytes were recorded')
    longest = 0.0
    for number in range(REPLAYS):
        again, took = play(port, said, (len(said), 64, 7)[number % 3])
        check(len(again) <= GREETING + WELCOME, f'{len(again)} bytes came back: {again[GREETING + WELCOME:][:40]}')
        longest = max(longest, took)
    check_unharmed(world)
    return f'{len(said)} bytes, {REPLAYS} times; each was ended within {longest:.1f} s'


if __name__ == '__main__':
    chaos.main([test_f22_nobody_without_a_key_or_with_one_that_is_unknown_or_revoked_is_answered_or_hears_anything,
                test_f22_half_a_thousand_connections_of_junk_delay_nobody_and_are_ended,
                test_f22_a_handshake_that_was_recorded_and_is_played_again_byte_for_byte_is_refused], World, together=True)
