"""A client of Fettle in Python, written from proto/ and docs/integrating.md alone.

Needs python3-zmq and python3-protobuf, and the messages compiled once:

    protoc --proto_path=proto --python_out=build/clients/python $(find proto -name '*.proto')

Settings, as for the fettle command line:
    FETTLE_BUS         tcp://host:{port}, or ipc:///run/fettle/{service}.{door} on the same machine
    FETTLE_PORT        where the ports count from (7100)
    FETTLE_KEY         your secret certificate          FETTLE_SERVER_KEY  the deployment's server.key
"""
import importlib
import os
import pathlib
import re
import sys
import time
import uuid

import zmq

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, os.environ.get('FETTLE_MESSAGES', str(ROOT / 'build/clients/python')))

from fettle.bus.v1 import bus_pb2 as bus                         # noqa: E402
from google.protobuf import json_format, symbol_database         # noqa: E402

SERVICES = ['intake', 'dispatcher', 'scheduler', 'inventory', 'billing', 'notifier', 'sla-watchdog']
STATUS = bus.Reply.Status
for _service in SERVICES:
    for _file in ('commands', 'events'):
        importlib.import_module(f'fettle.{_service.replace("-", "_")}.v1.{_file}_pb2')


class NoAnswer(Exception):
    """Nothing came in time. Nobody knows whether it was done: send the same id again."""


class Refused(Exception):
    """REJECTED, with the stable code and the sentence for people."""
    def __init__(self, reply):
        super().__init__(f'{reply.code}: {reply.message}')
        self.reply, self.code = reply, reply.code


def message_class(full_name):
    return symbol_database.Default().GetSymbol(full_name)


def message_of(full_name, data):
    """The message of an Event or Reply; None for a type that this client was not compiled with."""
    try:
        return message_class(full_name).FromString(data)
    except KeyError:
        return None


def message_from(full_name, **fields):
    return json_format.ParseDict(fields, message_class(full_name)())


def service_of(full_name):
    """fettle.sla_watchdog.v1.GetSla is answered by sla-watchdog."""
    return full_name.split('.')[1].replace('_', '-')


def read_certificate(file):
    """Public and secret key of a certificate file; the secret is None in a public one."""
    found = dict(re.findall(r'^\s*(public-key|secret-key)\s*=\s*"(.{40})"', pathlib.Path(file).read_text(), re.M))
    secret = found.get('secret-key')
    return found['public-key'].encode(), secret.encode() if secret else None


class Client:
    def __init__(self, address=None, key=None, server_key=None, port=None):
        self.context = zmq.Context()
        self.template = address or os.environ.get('FETTLE_BUS', 'tcp://127.0.0.1:{port}')
        self.port = int(port or os.environ.get('FETTLE_PORT', 7100))
        self.key = key or os.environ.get('FETTLE_KEY')
        self.server_key = server_key or os.environ.get('FETTLE_SERVER_KEY')
        self.doors = {}

    def close(self):
        self.context.destroy(linger=0)

    # ---- sockets

    def address(self, service, door):
        port = self.port + 10 * (SERVICES.index(service) + 1) + (door == 'cmd')
        return self.template.format(service=service, door=door, port=port)

    def socket(self, kind):
        socket = self.context.socket(kind)
        socket.linger = 0
        if self.template.startswith('tcp:') and self.key:
            socket.curve_publickey, socket.curve_secretkey = read_certificate(self.key)
            socket.curve_serverkey, _ = read_certificate(self.server_key)
        return socket

    def ask(self, service, request, timeout_ms=5000):
        """One Request, its Response."""
        door = self.doors.get(service)
        if not door:
            door = self.doors[service] = self.socket(zmq.DEALER)
            door.connect(self.address(service, 'cmd'))
        door.send(request.SerializeToString())
        if not door.poll(timeout_ms):
            door.close()                    # a late answer must not be taken for that of the next question
            del self.doors[service]
            raise NoAnswer(f'{service} does not answer within {timeout_ms} ms')
        return bus.Response.FromString(door.recv())

    # ---- commands and queries

    def send(self, message, id=None, actor='', time_ms=0, timeout_ms=15000):
        """Sends until it is decided, with one id, so that it is done once. Gives the Reply, or raises Refused."""
        type_name = message.DESCRIPTOR.full_name
        deadline = time.time() + timeout_ms / 1000
        command = bus.Command(id=id or str(uuid.uuid4()), type=type_name, data=message.SerializeToString(), actor=actor,
                              time=time_ms, deadline=int(deadline * 1000))
        while True:
            try:
                reply = self.ask(service_of(type_name), bus.Request(command=command)).reply
            except NoAnswer:
                reply = None
            if reply and reply.status != STATUS.STATUS_RETRY:
                break
            if time.time() >= deadline:
                raise NoAnswer(f'{type_name} {command.id} was not decided in time')
            time.sleep(0.2)
        if STATUS.STATUS_REJECTED in (reply.status, reply.first_status):
            raise Refused(reply)
        return reply

    def query(self, message, **options):
        reply = self.send(message, **options)
        return message_of(reply.type, reply.data)

    def status(self, service, timeout_ms=5000):
        return self.ask(service, bus.Request(get_status=bus.GetStatus()), timeout_ms).status

    # ---- events

    def follow(self, prefix='fettle.', services=SERVICES, until=None):
        """Live events as (Event, message), until this instant of time.time(). Lossy: what must not be missed is fetched."""
        socket = self.socket(zmq.SUB)
        socket.subscribe(prefix)
        for service in services:
            socket.connect(self.address(service, 'pub'))
        try:
            while socket.poll(None if until is None else max(0, (until - time.time()) * 1000)):
                topic, envelope = socket.recv_multipart()[:2]
                if topic == b'fettle.bus.v1.Heartbeat':
                    continue                # every second from each service: it lives, and how far it is
                event = bus.Event.FromString(envelope)
                yield event, message_of(event.type, event.data)
        finally:
            socket.close()

    def fetch(self, service, consumer, prefix='', after=-1, max=100):
        """What this consumer has not acknowledged, in sequence; acknowledge up_to when all of it is applied."""
        response = self.ask(service, bus.Request(fetch=bus.Fetch(consumer=consumer, after=after, max=max, type_prefix=prefix)))
        if response.WhichOneof('body') == 'reply':
            raise Refused(response.reply)
        return response.events

    def acknowledge(self, service, consumer, sequence):
        response = self.ask(service, bus.Request(ack=bus.Ack(consumer=consumer, sequence=sequence)))
        if response.WhichOneof('body') == 'reply':
            raise Refused(response.reply)
