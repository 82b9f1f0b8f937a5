"""receivers - the other side of deliveries: a real mail server and an HTTP receiver that behaves as badly as its path says.

Run with the path of a file; prints one line of JSON with its ports, then writes one line of JSON for everything it receives,
before it answers. Ends when its standard input is closed.
"""
import asyncio
import base64
import email
import email.policy
import hashlib
import hmac
import json
import logging
import os
import socket
import ssl
import struct
import sys
import tempfile
import threading
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, syntax

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))

from lib.certificate import Authority                           # noqa: E402

SECRET = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
LOG = open(sys.argv[1], "a", encoding="utf-8")
LOCK = threading.Lock()
DONE = threading.Event()


def note(**what):
    with LOCK:
        LOG.write(json.dumps(what) + "\n")
        LOG.flush()


class MailServer:
    """What it does with a letter depends on the name of the box."""

    async def handle_RCPT(self, server, session, envelope, address, options):
        box = address.split("@")[0]
        if box == "nobody":
            return "550 5.1.1 no such box"
        if box == "busy":
            return "451 4.3.0 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        note(kind="mail", to=envelope.rcpt_tos, sender=envelope.mail_from, subject=letter["subject"],
             body=letter.get_content(), message_id=letter["message-id"], language=letter["content-language"],
             date=letter["date"], longest=max(len(line) for line in envelope.content.split(b"\r\n")))
        if envelope.rcpt_tos[0].startswith("vanish"):
            server.transport.abort()
        session.stays = envelope.rcpt_tos[0].startswith("stay")
        return "250 taken"


    async def handle_QUIT(self, server, session, envelope):
        if getattr(session, "stays", False):
            await asyncio.sleep(3600)
        return "221 bye"


class Broken(SMTP):
    """It offers STARTTLS, and does not know it."""

    @syntax("STARTTLS")
    async def smtp_STARTTLS(self, arg):
        await self.push("502 5.5.1 not implemented")


class BrokenMail(Controller):
    def factory(self):
        return Broken(self.handler, tls_context=stranger(), **self.SMTP_kwargs)


def authenticate(server, session, envelope, mechanism, data):
    note(kind="password", mechanism=mechanism)
    return AuthResult(success=False, handled=False)


def stranger():
    """Speaks TLS with a certificate that nobody has reason to trust."""
    with tempfile.TemporaryDirectory() as folder:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(Authority(folder).issue("stranger", ["127.0.0.1"]))
        return context


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None, {}, b""
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    return lines[0].split(" ")[1], headers, body


def is_signed(headers, body):
    """Ours is C and libsodium; this is a second opinion."""
    signed = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    fresh = abs(time.time() - int(headers.get("webhook-timestamp", 0))) < 300
    return fresh and wanted in headers.get("webhook-signature", "").split(" ")


def answer(connection, status, body=b"", extra=""):
    connection.sendall(f"HTTP/1.1 {status} x\r\ncontent-length: {len(body)}\r\n{extra}connection: close\r\n\r\n".encode() + body)
    connection.close()


def flood(connection):
    connection.sendall(b"HTTP/1.1 200 x\r\n\r\n")
    try:
        while not DONE.is_set():
            connection.sendall(b"x" * 65536)
    except OSError:
        pass
    connection.close()


def serve(connection):
    path, headers, body = read_request(connection)
    if path is None:
        return connection.close()
    note(kind="http", path=path, headers=headers, body=body.decode(), signed=is_signed(headers, body))
    if path == "/silent":
        DONE.wait()
        connection.close()
    elif path == "/reset":
        reset(connection)
    elif path == "/flood":
        flood(connection)
    elif path == "/redirect":
        answer(connection, 302, extra="location: /200\r\n")
    elif path == "/429":
        answer(connection, 429, extra="retry-after: 7\r\n")
    elif path == "/gateway":
        answer(connection, 200, b'{"reference": "gw-1"}', "content-type: application/json\r\n")
    else:
        answer(connection, int(path[1:]))


def serve_by_tls(connection, context):
    try:
        serve(context.wrap_socket(connection, server_side=True))
    except ssl.SSLError:
        connection.close()


def listen(work=serve, *arguments):
    server = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            connection, _ = server.accept()
            threading.Thread(target=work, args=(connection, *arguments), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def mail_server(kind=Controller, **options):
    controller = kind(MailServer(), hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=True, **options)
    controller.start()
    return controller


def main():
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)       # handshakes that are broken off are what is wanted
    servers = {"smtp": mail_server(), "starttls": mail_server(tls_context=stranger(), authenticator=authenticate),
               "plain": mail_server(authenticator=authenticate, auth_require_tls=False), "broken": mail_server(BrokenMail)}
    print(json.dumps({**{name: server.port for name, server in servers.items()}, "http": listen(),
                      "https": listen(serve_by_tls, stranger()), "closed": free_port()}), flush=True)
    sys.stdin.read()
    DONE.set()
    for server in servers.values():
        server.stop()


main()
