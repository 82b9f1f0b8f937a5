"""Messages as strangers and broken programs send them, from a seed: fields that are wrong one at a time, bytes that are no message,
bits turned over, lengths that lie, ids, times and questions that make no sense. Fast: envelopes are put together by hand."""
import random

from lib import mutate
from lib.bus import service_of


def varint(value):
    out = bytearray()
    value &= (1 << 64) - 1
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def text(number, data):
    """A field of bytes, text or a message."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def number(number_, value):
    return varint(number_ << 3) + varint(value)


def damaged(rng, data):
    """The same with something wrong: bits, an end too early, a piece twice, a length that lies, noise behind it."""
    data = bytearray(data or b'\x0a')
    kind = rng.randrange(6)
    if kind == 0:
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == 1:
        del data[rng.randrange(len(data)):]
    elif kind == 2:
        at = rng.randrange(len(data))
        data[at:at] = data[at:at + rng.randrange(1, 40)]
    elif kind == 3:
        data[rng.randrange(len(data))] = rng.choice((0x00, 0x7f, 0x80, 0xff))
    elif kind == 4:
        data += rng.randbytes(rng.randrange(1, 60))
    else:
        at = rng.randrange(len(data))
        data[at:at] = b'\xff' * rng.randrange(1, 11)
    return bytes(data)


class Bodies:
    """What is wrong with messages of these types: full name -> an example."""

    def __init__(self, examples, seed):
        rng = random.Random(seed)
        self.names = sorted(examples)
        self.good = {name: examples[name].SerializeToString() for name in self.names}
        self.wrong = []
        for name in self.names:
            for source in (mutate.one_field(examples[name]), mutate.reversed_pairs(examples[name]), mutate.bad_bytes(examples[name], rng)):
                self.wrong += [(name, packed) for _, _, packed in source if len(packed) < 4000 or rng.random() < 0.05]

    def any(self, rng):
        """(type, bytes)"""
        if rng.random() < 0.5:
            return rng.choice(self.wrong)
        name = rng.choice(self.names)
        return name, damaged(rng, self.good[name])


BAD_IDS = [b'', b'x' * 65, b'a b', b'\xc3\xa9', b'x\x00y', b'\xff\xfe', b"'; drop table lease; --", b'../../etc/passwd']
NUMBERS = [-2 ** 63, -1, 0, 1, 2 ** 31, 2 ** 53, 2 ** 63 - 1]


class Requests:
    """What comes to a command door: any () is (service, bytes of a Request)."""

    def __init__(self, examples, services, seed):
        self.rng, self.bodies, self.services = random.Random(seed), Bodies(examples, seed), services
        self.serial, self.seed = 0, seed

    def command(self, name, body, **other):
        self.serial += 1
        parts = text(1, other.get('id', b'h%d-%d' % (self.seed, self.serial))) + text(2, name.encode()) + text(3, body)
        parts += text(4, other.get('actor', b'stranger'))
        for field, value in ((5, other.get('deadline')), (7, other.get('time'))):
            parts += number(field, value) if value is not None else b''
        return text(1, parts)

    def any(self):
        rng = self.rng
        service, kind = rng.choice(self.services), rng.random()
        if kind < 0.70:
            name, body = self.bodies.any(rng)
            return service_of(name), self.command(name, body)
        name = rng.choice(self.bodies.names)
        good = self.bodies.good[name]
        if kind < 0.80:
            return service_of(name), damaged(rng, self.command(name, good))
        if kind < 0.84:
            return service, rng.randbytes(rng.randrange(0, 300))
        if kind < 0.88:
            return service, self.command(rng.choice((name, 'fettle.intake.v1.NoSuch', 'x' * 5000, '', 'fettle.bus.v1.Event')), good)
        if kind < 0.93:
            return service_of(name), self.command(name, good, id=rng.choice(BAD_IDS), actor=b'y' * rng.choice((1, 129, 4000)))
        if kind < 0.95:
            return service_of(name), self.command(name, good, deadline=rng.choice(NUMBERS[:4]), time=rng.choice(NUMBERS))
        return service, self.question()

    def question(self):
        """Replay, Fetch, Ack, GetStatus, nothing at all."""
        rng = self.rng
        consumer = text(1, rng.choice(BAD_IDS + [b'hostile']))
        return rng.choice((
            lambda: text(2, number(1, rng.choice(NUMBERS)) + number(2, rng.choice((1, 2 ** 31, 2 ** 63 - 1) if rng.random() < 0.02 else (1,)))),
            lambda: text(3, consumer + number(2, rng.choice(NUMBERS)) + number(3, 1) + text(4, rng.choice((b'', b'fettle.', b'\xff')))),
            lambda: text(4, consumer + number(2, rng.choice(NUMBERS))),
            lambda: text(5, b''), lambda: text(5, b'\x08\x01' * 100), lambda: b'', lambda: text(6, b'future')))()


def http(rng):
    """(bytes of one request, does the connection survive it): most are well formed and wrong."""
    path = rng.choice(('/', '/metrics/', '/../../etc/passwd', '/healthy?x=' + 'y' * rng.randrange(300), '/metrics%ff', '//', '/METRICS'))
    if rng.random() < 0.9:
        method = 'GET' if rng.random() < 0.9 else rng.choice(('PUT', 'DELETE', 'OPTIONS', 'BREW'))
        more = rng.choice(('', 'Cookie: ' + 'z' * rng.randrange(500) + '\r\n', 'Accept: */*\r\nAccept: nothing\r\n'))
        return f'{method} {path} HTTP/1.1\r\nHost: x\r\n{more}\r\n'.encode(), method == 'GET'
    return rng.choice((
        lambda: rng.randbytes(rng.randrange(1, 200)) + b'\r\n\r\n', lambda: b'GET\r\n\r\n', lambda: b'GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n', lambda: b'GET / HTTP/9.9\r\n\r\n',
        lambda: b'GET /' + b'a' * 70000 + b' HTTP/1.1\r\n\r\n', lambda: b'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n',
        lambda: b'GET / HTTP/1.1\r\n' + b'X: y\r\n' * 5000 + b'\r\n', lambda: b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc',
        lambda: b'GET / HTTP/1.1\r\nHost : x\r\n bad\r\n\r\n'))(), False
