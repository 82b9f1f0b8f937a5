"""The outside world that messages are delivered to: an HTTP server that notes what it was given, by the sender's own mark."""
import collections
import http.server
import json
import ssl
import sys
import threading


class Provider:
    """url is for webhooks, url + '/sms' for the gateway of text messages. received: mark of the message -> times it was taken.
    fault: a function that says what goes wrong with the next request: a status that is no success, 'silence' (taken, and the answer
    never comes), 'nonsense' (taken, and the answer is no JSON), 'cut' (not taken, the connection ends); None: nothing.
    tls: an ssl.SSLContext; refused: handshakes that came to nothing."""

    def __init__(self, host='127.0.0.1', tls=None):
        self.received = collections.Counter()
        self.lock = threading.Lock()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.hanging = 0                        # requests that wait for an answer
        self.fault = lambda: None
        self.faults = collections.Counter()
        self.refused = 0
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):                                  # noqa: N802, the library's name
                size = int(self.headers.get('Content-Length') or 0)
                content, fault = self.rfile.read(size), provider.next_fault()
                if not isinstance(fault, int) and fault != 'cut':
                    provider.note(self.headers, content)
                provider.wait()
                if fault in ('silence', 'cut'):
                    self.close_connection = True
                    return
                text = b'<html>' if fault == 'nonsense' else b'{}'
                self.send_response(fault if isinstance(fault, int) else 200)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def setup(self):
                if tls:
                    self.request = tls.wrap_socket(self.request, server_side=True)
                super().setup()

            def handle(self):
                try:
                    super().handle()
                except ConnectionError:         # the notifier was killed: that is what the test is about
                    pass

            def log_message(self, *_):                          # noqa: D102, quiet
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                if not isinstance(sys.exc_info()[1], ssl.SSLError):
                    super().handle_error(request, client_address)
                provider.refused += 1

        self.server = Server((host, 0), Handler)
        self.url = f'http{"s" if tls else ""}://{host}:{self.server.server_address[1]}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def note(self, headers, content):
        mark = headers.get('webhook-id') or headers.get('Idempotency-Key')
        if not mark:
            try:
                mark = json.loads(content).get('message_id')
            except (ValueError, AttributeError):
                mark = None
        with self.lock:
            self.received[mark] += 1

    def next_fault(self):
        with self.lock:
            fault = self.fault()
            self.faults[fault or 'none'] += 1
        return fault

    def wait(self):
        with self.lock:
            self.hanging += 1
        self.may_answer.wait(60)
        with self.lock:
            self.hanging -= 1

    def hang(self, hang):
        """From now on nobody gets an answer; or those who wait get theirs."""
        if hang:
            self.may_answer.clear()
        else:
            self.may_answer.set()

    def environment(self):
        """What a stack needs to deliver here."""
        return {'FETTLE_SMS_URL': self.url + '/sms', 'FETTLE_SMS_TOKEN': 'test', 'FETTLE_WEBHOOK_ALLOW_PRIVATE': '1'}

    def close(self):
        self.server.shutdown()
        self.server.server_close()
