"""F12: nonsense at every door, under traffic: too big by a byte and by megabytes, a length of two gigabytes, messages in messages,
fields by the ten thousand, text that is no text, halves, noise. Each is refused with a stable code and counted; what is too big to
be read ends the connection; the services live on, no bigger than they were."""
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos, proto                                    # noqa: E402
from lib.bus import REJECTED, NoAnswer, command                 # noqa: E402
from lib.stack import SERVICES                                  # noqa: E402
from lib.tap import check                                       # noqa: E402

NOISE, LONG_NOISE = 100, 2000                                   # messages of random bytes for each door
GROWTH_MAX_KB = 64 * 1024 * (8 if os.environ.get('FETTLE_SAN') else 1)     # sanitizers keep what was freed
MALFORMED = 'fettle_commands_total{status="malformed"}'


def field(number, data):
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value):
    out = b''
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def nested(depth):
    data = b''
    for _ in range(depth):
        data = field(1, data)
    return data


def commands_of(service):
    """What is wrong, and the packed Request with a command whose body is so."""
    full_name = proto.requests_of(service)[0]
    good = field(1, b'an-id')
    for what, data in (
            ('64 KiB and a byte', field(1, b'x' * (64 * 1024 - 3))), ('a string of 20 KiB', field(1, b'x' * 20480)),
            ('a thousand messages in each other', nested(1000)), ('ten thousand unknown fields', field(900, b'') * 10000),
            ('a length of two gigabytes', b'\x0a' + varint(2 ** 31)), ('a length of 2^63', b'\x0a' + varint(2 ** 63)),
            ('no UTF-8', field(1, b'\xff\xfe')), ('half a character', field(1, b'\xe4\xb8')), ('a NUL', field(1, b'a\0b')),
            ('cut short', good[:-1]), ('a varint of eleven bytes', b'\x08' + b'\xff' * 11), ('a group', b'\x0b\x0c'),
            ('field number 0', b'\x02\x00'), ('another encoding than the field has', b'\x0d\0\0\0\0')):
        yield what, command(full_name, data).SerializeToString()


def requests(rng, count):
    """What is wrong, and bytes that are no Request."""
    good = command('fettle.intake.v1.SubmitServiceRequest', b'').SerializeToString()
    yield 'nothing', b''
    yield '128 KiB and a byte', field(1, b'x' * 128 * 1024)
    yield 'half a megabyte', field(1, b'x' * 512 * 1024)
    yield 'no message', b'\xff' * 64
    yield 'an id with a NUL', field(1, field(1, b'a\0b'))
    yield 'an id that is no UTF-8', field(1, field(1, b'\xc3\x28'))
    yield 'a thousand messages in each other', nested(1000)
    for size in range(1, len(good), 3):
        if size != 2:
            yield f'the first {size} bytes of a good one', good[:size]
    for _ in range(count):
        yield 'noise', b'\xff' + rng.randbytes(rng.randrange(1, 4096))      # its first field can not be read


def is_answered(world, service, what, packed):
    """Refused, with a code and a sentence."""
    reply = world.bus.ask(service, packed).reply
    check(reply.status == REJECTED and '.' in reply.code and reply.message, f'{service}: {what}: {reply.status} {reply.code} {reply.message}')


def ends_the_connection(world, service):
    """A frame of 10 MB, and one that claims to be 2 GB: nobody reads them, the connection ends."""
    try:
        answer = world.bus.ask(service, b'x' * 10 * 2 ** 20, 1.0)
        check(False, f'{service} answers 10 MB: {answer}')
    except NoAnswer:
        pass
    ready = b'\x05READY' + b'\x0bSocket-Type' + (6).to_bytes(4, 'big') + b'DEALER'
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(20)
        peer.connect(world.bus.address(service, 'cmd').removeprefix('ipc://'))
        peer.sendall(b'\xff' + b'\0' * 8 + b'\x7f\x03\0' + b'NULL'.ljust(20, b'\0') + b'\0' * 32)
        peer.sendall(bytes([4, len(ready)]) + ready)
        peer.sendall(b'\x02' + (2 ** 31).to_bytes(8, 'big'))
        try:
            while peer.recv(4096):
                pass
        except TimeoutError:
            check(False, f'{service} keeps a connection that claims to send two gigabytes')
        except ConnectionError:
            pass


def test_f12_nonsense_is_refused_and_counted_and_every_service_lives_on(world):
    total, grown = 0, 0
    before = {service: (world.stack.pid(service), chaos.memory_kb(world.stack.pid(service)), world.bus.metric(service, MALFORMED)) for service in SERVICES}
    for service in SERVICES:
        pid, memory, malformed = before[service]
        sent = 0
        for what, packed in [*commands_of(service), *requests(world.rng, LONG_NOISE if world.is_long else NOISE)]:
            is_answered(world, service, what, packed)
            sent += 1
        ends_the_connection(world, service)
        counted = int(world.bus.metric(service, MALFORMED) - malformed)
        # The traffic sends nonsense of its own, to intake only.
        check(counted == sent or service == 'intake' and counted > sent, f'{service}: {sent} were sent, {counted} counted')
        check(world.stack.pid(service) == pid, f'{service} is another process now')
        grown = max(grown, chaos.memory_kb(pid) - memory)
        total += sent
    check(grown < GROWTH_MAX_KB, f'a service needed {grown} KiB more than before')
    return (f'{total} messages refused with a reason and counted, {2 * len(SERVICES)} connections ended for their size; no service '
            f'needed more than {grown // 1024 + 1} MiB more memory')


if __name__ == '__main__':
    chaos.main([test_f12_nonsense_is_refused_and_counted_and_every_service_lives_on])
