"""A client of the bus for tests: commands, questions, replay, fetch, status, and following live events."""
import time
import uuid

import zmq

from lib import proto

BUS = 'fettle.bus.v1.'
ACCEPTED, DUPLICATE, REJECTED, RETRY = 1, 2, 3, 4
STATUS_NAMES = {0: 'none', ACCEPTED: 'accepted', DUPLICATE: 'duplicate', REJECTED: 'rejected', RETRY: 'retry'}


class NoAnswer(Exception):
    """Nothing came back in time."""


class Door:
    """The command door of one service. A peer that was replaced without closing its connection (stopped, partitioned) is
    left by connecting anew."""

    def __init__(self, address):
        self.address = address
        self.socket = None
        self.connect()

    def connect(self):
        self.close()
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.sndhwm = self.socket.rcvhwm = 100000
        self.socket.reconnect_ivl = 20
        self.socket.reconnect_ivl_max = 200
        self.socket.connect(self.address)

    def close(self):
        if self.socket:
            self.socket.close()
            self.socket = None

    def send(self, request):
        """request: a Request, or raw bytes for those who test bad input."""
        self.socket.send(request if isinstance(request, bytes) else request.SerializeToString())

    def receive(self, timeout_s=0.0):
        """The next Response, None when none came."""
        if not self.socket.poll(int(timeout_s * 1000)):
            return None
        return proto.parse(BUS + 'Response', self.socket.recv())


def command(full_name, data=None, command_id=None, actor='test', **fields):
    """A Request with a Command; data: a dict of fields, a message, or raw bytes."""
    if not isinstance(data, bytes):
        data = (proto.make(full_name, data) if data is None or isinstance(data, dict) else data).SerializeToString()
    body = proto.message_class(BUS + 'Command')(
        id=command_id or str(uuid.uuid4()), type=full_name, data=data, actor=actor, **fields)
    return proto.message_class(BUS + 'Request')(command=body)


def service_of(full_name):
    return full_name.split('.')[1].replace('_', '-')


class Bus:
    """One caller at a time; each thread makes its own."""

    def __init__(self, template):
        self.template = template
        self.doors = {}

    def address(self, service, door):
        return self.template.replace('{service}', service).replace('{door}', door)

    def door(self, service):
        if service not in self.doors:
            self.doors[service] = Door(self.address(service, 'cmd'))
        return self.doors[service]

    def close(self):
        for door in self.doors.values():
            door.close()
        self.doors = {}

    def ask(self, service, request, timeout_s=10.0):
        """One Request, one Response. What an earlier question left behind is dropped by connecting anew after a silence."""
        door = self.door(service)
        door.send(request)
        response = door.receive(timeout_s)
        if response is None:
            door.connect()
            raise NoAnswer(f'{service} does not answer')
        return response

    def command(self, full_name, data=None, command_id=None, timeout_s=10.0, service=None, **fields):
        """The Reply. One that says RETRY, or none, is asked for again with the same id until the time is over."""
        request = command(full_name, data, command_id, **fields)
        until = time.monotonic() + timeout_s
        while True:
            left = max(0.1, until - time.monotonic())
            try:
                reply = self.ask(service or service_of(full_name), request, min(left, 3.0)).reply
                if reply.status != RETRY or time.monotonic() > until:
                    return reply
            except NoAnswer:
                if time.monotonic() > until:
                    raise
            time.sleep(0.1)

    def do(self, full_name, data=None, **options):
        """A command that must be accepted; its Reply."""
        reply = self.command(full_name, data, **options)
        if (reply.first_status or reply.status) != ACCEPTED:
            raise AssertionError(f'{full_name} {data}: {STATUS_NAMES[reply.status]} {reply.code}: {reply.message}')
        return reply

    def query(self, full_name, data=None, **options):
        """The answer of a query as a message."""
        reply = self.do(full_name, data, **options)
        return proto.parse(reply.type, reply.data)

    def status(self, service, timeout_s=2.0):
        """ServiceStatus; None: no answer."""
        request = proto.message_class(BUS + 'Request')()
        request.get_status.SetInParent()
        try:
            return self.ask(service, request, timeout_s).status
        except NoAnswer:
            return None

    def metric(self, service, name):
        """The value of a metric, labels and all: 'fettle_commands_total{status="malformed"}'. The sum when several begin so."""
        name, _, labels = name.partition('{')
        wanted = [label for label in labels.rstrip('}').split(',') if label]
        lines = [line.rsplit(' ', 1) for line in self.status(service, 30).metrics.splitlines() if line.startswith(name + '{')]
        return sum(float(value) for words, value in lines if all(label in words for label in wanted))

    def replay_page(self, service, after, maximum=500):
        request = proto.message_class(BUS + 'Request')()
        request.replay.after, request.replay.max = after, maximum
        response = self.ask(service, request)
        if response.WhichOneof('body') != 'events':
            raise NoAnswer(f'{service}: {response.reply.code}')
        return response.events

    def replay(self, service, after=0):
        """Every event after that sequence, as envelopes."""
        found = []
        while True:
            page = self.replay_page(service, after)
            fresh = [event for event in page.events if event.sequence > after]
            if not fresh:
                return found
            found += fresh
            after = fresh[-1].sequence

    def fetch(self, service, consumer, after=-1, maximum=500, type_prefix=''):
        request = proto.message_class(BUS + 'Request')()
        request.fetch.consumer, request.fetch.after = consumer, after
        request.fetch.max, request.fetch.type_prefix = maximum, type_prefix
        return self.ask(service, request)

    def acknowledge(self, service, consumer, sequence):
        request = proto.message_class(BUS + 'Request')()
        request.ack.consumer, request.ack.sequence = consumer, sequence
        return self.ask(service, request)


def body(event):
    """The message in an envelope."""
    return proto.parse(event.type, event.data)


class Follow:
    """Live events of some services, each once and in order: what SUB has lost is asked for."""

    def __init__(self, bus_template, services, prefix=''):
        self.bus = Bus(bus_template)
        self.prefix = prefix
        self.cursors = {service: 0 for service in services}
        self.socket = zmq.Context.instance().socket(zmq.SUB)
        self.socket.linger = 0
        self.socket.subscribe(b'')
        for service in services:
            self.socket.connect(self.bus.address(service, 'pub'))
        self.behind = set(services)
        self.checked_at = 0

    def close(self):
        self.socket.close()
        self.bus.close()

    def _take(self, service, events):
        fresh = []
        for event in events:
            if event.sequence == self.cursors[service] + 1:
                self.cursors[service] = event.sequence
                if event.type.startswith(self.prefix):
                    fresh.append(event)
            elif event.sequence > self.cursors[service]:
                self.behind.add(service)
        return fresh

    def _hear(self, topic, packed):
        if topic == b'fettle.bus.v1.Heartbeat':
            beat = proto.parse(BUS + 'Heartbeat', packed)
            if beat.last_sequence > self.cursors[beat.source]:
                self.behind.add(beat.source)
            return []
        event = proto.parse(BUS + 'Event', packed)
        return self._take(event.source, [event])

    def receive(self, timeout_s=0.0):
        """What came, as envelopes; publishers that are down are asked again at a later call. Also those that are silent:
        a stopped process keeps its connections."""
        found = []
        if self.socket.poll(int(timeout_s * 1000)):
            while self.socket.poll(0):
                found += self._hear(*self.socket.recv_multipart()[:2])
        if time.monotonic() - self.checked_at > 3:
            self.checked_at = time.monotonic()
            self.behind |= set(self.cursors)
        for service in sorted(self.behind):
            try:
                page = self.bus.replay_page(service, self.cursors[service])
            except NoAnswer:
                continue
            found += self._take(service, page.events)
            if self.cursors[service] >= page.last_sequence:
                self.behind.discard(service)
        return found
