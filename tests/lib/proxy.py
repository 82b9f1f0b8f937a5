"""A proxy that misbehaves: between services and Postgres it understands enough of the wire protocol to cut a connection around a
commit; between services it delays, repeats and reorders whole messages of ZMTP, or flips bits.

    proxy = Proxy(listen, target, CutCommits(rng))      # listen, target: path of a Unix socket, or (host, port)
    proxy.close()
"""
import asyncio
import collections
import os
import random
import threading
import time


class Cut(Exception):
    """This connection ends here, on both sides."""


class Link:
    """One connection, transparent. up: what the client says, down: what the server says; each returns what is passed on."""

    def __init__(self, fault):
        self.fault = fault
        self.is_over = False        # set: what was returned is still passed on, then the connection ends

    async def up(self, data):
        return data

    async def down(self, data):
        return data


class Fault:
    """What a proxy does to its connections; shared by them, so that it can be told to begin and to end. done: what was done."""
    link = Link

    def __init__(self, rng=None):
        self.rng = rng or random.Random(0)
        self.is_on = False
        self.done = collections.Counter()

    def begin(self):
        self.is_on = True

    def end(self):
        self.is_on = False


class Proxy:
    """Runs in a thread of its own until close."""

    def __init__(self, listen, target, fault=None):
        self.listen, self.target, self.fault = listen, target, fault or Fault()
        self.loop = asyncio.new_event_loop()
        self.writers = set()
        self.connections = 0        # how many there have been
        self.port = None            # of a TCP socket
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.is_up = threading.Event()
        self.thread.start()
        if not self.is_up.wait(10):
            raise OSError(f'no proxy at {listen}')

    def _run(self):
        asyncio.set_event_loop(self.loop)
        if isinstance(self.listen, str):
            server = self.loop.run_until_complete(asyncio.start_unix_server(self._serve, self.listen))
            os.chmod(self.listen, 0o777)
        else:
            server = self.loop.run_until_complete(asyncio.start_server(self._serve, *self.listen))
            self.port = server.sockets[0].getsockname()[1]
        self.is_up.set()
        self.loop.run_forever()
        server.close()
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())

    async def _connect(self):
        if isinstance(self.target, str):
            return await asyncio.open_unix_connection(self.target)
        return await asyncio.open_connection(*self.target)

    async def _serve(self, from_client, to_client):
        try:
            from_server, to_server = await self._connect()
        except OSError:
            to_client.close()
            return
        self.connections += 1
        link = self.fault.link(self.fault)
        writers = {to_client, to_server}
        self.writers |= writers
        pumps = [asyncio.ensure_future(self._pump(from_client, to_server, link, link.up)),
                 asyncio.ensure_future(self._pump(from_server, to_client, link, link.down))]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        for writer in writers:
            writer.close()
        self.writers -= writers

    @staticmethod
    async def _pump(reader, writer, link, change):
        try:
            while not link.is_over:
                data = await reader.read(65536)
                if not data:
                    return
                writer.write(await change(data))
                await writer.drain()
        except (Cut, OSError):
            return

    def close(self):
        def stop():
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.call_later(0.05, self.loop.stop)
        self.loop.call_soon_threadsafe(stop)
        self.thread.join(10)
        if isinstance(self.listen, str) and os.path.exists(self.listen):
            os.unlink(self.listen)


# ---- Postgres

class _CommitLink(Link):
    """The end of a turn is a Sync after a Bind of the statement `fence`. up sees whole messages only, so that nothing behind the
    Sync is on its way when the connection is cut."""

    def __init__(self, fault):
        super().__init__(fault)
        self.rest = b''
        self.is_started = self.is_fenced = False
        self.swallow = False
        self.answer = b''

    def messages(self, data):
        self.rest += data
        while True:
            head = 0 if not self.is_started else 1
            if len(self.rest) < head + 4:
                return
            size = head + int.from_bytes(self.rest[head:head + 4], 'big')
            if len(self.rest) < size:
                return
            message, self.rest = self.rest[:size], self.rest[size:]
            yield message if self.is_started else b''.join([b'\0', message])
            self.is_started = True

    async def up(self, data):
        out = b''
        for message in self.messages(data):
            kind = message[:1]
            if kind == b'\0':
                out += message[1:]
                continue
            if kind == b'B' and message[5:].split(b'\0')[1:2] == [b'fence']:
                self.is_fenced = True
            is_commit = kind == b'S' and self.is_fenced
            self.is_fenced &= kind != b'S'
            fate = self.fault.fate() if is_commit else None
            if fate == 'before':
                raise Cut                       # what was sent of the turn never gets its Sync
            self.swallow |= fate == 'after'
            out += message
            self.is_over = fate == 'during'
            if self.is_over:
                break
        return out

    async def down(self, data):
        if not self.swallow:
            return data
        self.answer = (self.answer + data)[-6:]
        if self.answer in (b'Z\0\0\0\5I', b'Z\0\0\0\5E'):
            raise Cut                           # committed, and nobody will hear of it
        return b''


class CutCommits(Fault):
    """Every now and then a connection to Postgres ends at a commit: before it is sent, while it is worked on, or when it is done and
    its answer is on the way."""
    link = _CommitLink

    def __init__(self, rng, every_s=(0.2, 0.8)):
        super().__init__(rng)
        self.every_s, self.next_at = every_s, 0.0

    def fate(self):
        now = time.monotonic()
        if not self.is_on or now < self.next_at:
            return None
        self.next_at = now + self.rng.uniform(*self.every_s)
        fate = self.rng.choice(['before', 'during', 'after', 'after'])
        self.done[fate] += 1
        return fate


# ---- the bus

GREETING = 64                   # bytes that a peer of ZMTP 3 says first
MORE, LONG, COMMAND = 1, 2, 4   # flags of a frame


class _Messages:
    """Cuts one direction of ZMTP into its greeting, commands and whole messages of several frames: (is_message, bytes)."""

    def __init__(self):
        self.rest, self.whole, self.to_greet = b'', b'', GREETING

    def take(self, data):
        if self.to_greet:                       # passed on piece by piece: each side waits for pieces of the other's
            greeting, data = data[:self.to_greet], data[self.to_greet:]
            self.to_greet -= len(greeting)
            yield False, greeting
        self.rest += data
        while len(self.rest) >= 2:
            flags, head = self.rest[0], 9 if self.rest[0] & LONG else 2
            if len(self.rest) < head or len(self.rest) < head + int.from_bytes(self.rest[1:head], 'big'):
                return
            size = head + int.from_bytes(self.rest[1:head], 'big')
            frame, self.rest = self.rest[:size], self.rest[size:]
            if flags & COMMAND:
                yield False, frame
                continue
            self.whole += frame
            if not flags & MORE:
                yield True, self.whole
                self.whole = b''


class _MangledLink(Link):
    def __init__(self, fault):
        super().__init__(fault)
        self.ways = {'up': (_Messages(), collections.deque()), 'down': (_Messages(), collections.deque())}

    async def _change(self, way, data):
        messages, held = self.ways[way]
        out = b''
        for is_message, unit in messages.take(data):
            deed = self.fault.deed() if is_message else None
            if deed == 'reordered':
                held.append(unit)               # it goes behind one that comes later
                continue
            if deed == 'delayed':
                await asyncio.sleep(self.fault.rng.uniform(0.001, 0.08))
            out += unit * (2 if deed == 'repeated' else 1)
            while held and is_message and deed != 'delayed':
                out += held.popleft()
        return out

    async def up(self, data):
        return await self._change('up', data)

    async def down(self, data):
        return await self._change('down', data)


class MangleMessages(Fault):
    """Messages between services come late, twice, or in another order."""
    link = _MangledLink

    def deed(self):
        if not self.is_on:
            return None
        deed = self.rng.choices([None, 'delayed', 'repeated', 'reordered'], [70, 10, 10, 10])[0]
        self.done[deed] += deed is not None
        return deed


class _FlippedLink(Link):
    async def _change(self, data):
        if not self.fault.may_flip():
            return data
        data = bytearray(data)
        data[self.fault.rng.randrange(len(data))] ^= 1 << self.fault.rng.randrange(8)
        return bytes(data)

    async def up(self, data):
        return await self._change(data)

    async def down(self, data):
        return await self._change(data)


class FlipBits(Fault):
    """Every now and then one bit is another."""
    link = _FlippedLink

    def __init__(self, rng, every_s=(0.05, 0.4)):
        super().__init__(rng)
        self.every_s, self.next_at = every_s, 0.0

    def may_flip(self):
        now = time.monotonic()
        if not self.is_on or now < self.next_at:
            return False
        self.next_at = now + self.rng.uniform(*self.every_s)
        self.done['flipped'] += 1
        return True
