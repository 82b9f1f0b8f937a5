"""F20: whoever is to be told shows a certificate that is too old, of another host, or of nobody we know, and the mail server does not
take the password. Nothing is said to him, nothing is given up: it is all said, once, when he is himself again."""
import logging
import os
import shutil
import ssl
import subprocess
import sys
import tempfile

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from f11_postgres import HOST, free_port                        # noqa: E402
from lib import chaos                                           # noqa: E402
from lib.certificate import Authority                           # noqa: E402
from lib.provider import Provider                               # noqa: E402
from lib.stack import wait_for                                  # noqa: E402
from lib.tap import check                                       # noqa: E402

PASSWORD = 'open sesame'
FAILURES = 5                    # attempts that come to nothing, for each channel and fault
TRUSTED = '/etc/ssl/certs/ca-certificates.crt'
EMAIL, SMS, WEBHOOK = 5, 6, 9   # fettle.type.v1.Channel
QUEUED, SENDING, FAILED = 1, 2, 4           # fettle.notifier.v1.MessageState
SAYS = {'too old': '%expired%', 'of another host': '%subject name%', 'of nobody known': '%unable to get local issuer%'}


class Letters:
    """What the mail server takes, noted as the provider notes the rest; letters without a password are refused."""

    def __init__(self, provider):
        self.provider, self.password = provider, PASSWORD

    async def handle_DATA(self, server, session, envelope):     # noqa: N802, the library's name
        head = envelope.content.decode(errors='replace')
        mark = head.split('Message-ID: <')[1].split('@')[0]
        with self.provider.lock:
            self.provider.received[mark] += 1
        return '250 taken'

    def authenticate(self, server, session, envelope, mechanism, data):
        return AuthResult(success=data.password.decode() == self.password, handled=False)


class World(chaos.World):
    """The provider and the mail server speak TLS; the notifier trusts one authority, in a mount namespace of its own. One
    connection for each message, and handshakes in Python: no more than a message or two a second."""
    mail, rate = None, 3

    def make_provider(self):
        if subprocess.run(['unshare', '-m', 'true'], capture_output=True, check=False).returncode:
            raise chaos.NotHere('the right to have a mount namespace, in which another authority is trusted')
        self.folder = tempfile.mkdtemp(dir=os.environ.get('FETTLE_TEST_SCRATCH'))
        authority, stranger = Authority(self.folder), Authority(self.folder, 'stranger')
        self.trusted = authority.file
        self.certificates = {'good': authority.issue('good', [HOST]), 'too old': authority.issue('old', [HOST], -20, -10),
                             'of another host': authority.issue('other', ['other.example']),
                             'of nobody known': stranger.issue('unknown', [HOST])}
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.show('good')
        provider = Provider(HOST, self.tls)
        self.letters = Letters(provider)
        self.mail = Controller(self.letters, hostname=HOST, port=free_port(), tls_context=self.tls, authenticator=self.letters.authenticate,
                               auth_required=True)
        logging.getLogger('mail.log').setLevel(logging.CRITICAL)        # handshakes that come to nothing are what is wanted
        self.mail.start()
        return provider

    def show(self, which):
        self.tls.load_cert_chain(self.certificates[which])

    def make_stack(self):
        stack = super().make_stack()
        stack.places['notifier'] = ['unshare', '-m', 'sh', '-c', f'mount --bind "$0" {TRUSTED} && exec "$@"', self.trusted]
        stack.environment.update({'FETTLE_SMTP_URL': f'smtp://{HOST}:{self.mail.port}', 'FETTLE_SMTP_FROM': 'service@fettle.example',
                                  'FETTLE_SMTP_USER': 'fettle', 'FETTLE_SMTP_PASSWORD': self.letters.password})
        return stack

    def close(self, is_well):
        super().close(is_well)
        if self.mail:
            self.mail.stop()
            shutil.rmtree(self.folder)


def failures(world, channel, says):
    """Attempts that have told so. Each is one that is made again."""
    return world.stack.value(f"select count (*) from notifier.attempt where channel = {channel} and outcome = 3 and error like '{says}'")


def attempts_fail(world, channels, says):
    for channel in channels:
        wait_for(lambda: failures(world, channel, says) >= FAILURES, f'{FAILURES} attempts by channel {channel} have failed: {says}', 60)


def test_f20_who_shows_a_wrong_certificate_or_does_not_take_our_password_is_told_nothing_and_everything_later(world):
    before = world.provider.refused
    for which, says in SAYS.items():
        world.show(which)
        attempts_fail(world, (WEBHOOK, SMS, EMAIL), says)
    check(world.provider.refused > before, 'no handshake came to nothing')
    world.show('good')
    world.letters.password = 'another'
    attempts_fail(world, (EMAIL,), '%denied%')
    world.letters.password = PASSWORD
    world.traffic.finish()
    open_now = f'select count (*) from notifier.message where attempts > 0 and state in ({QUEUED}, {SENDING})'
    failed = world.stack.value("select count (*) from notifier.attempt where outcome = 3")
    wait_for(lambda: world.stack.value(open_now) == 0 or None, lambda: f'all is said: {world.stack.value(open_now)} messages wait', 150, 0.5)
    world.fault_is_over()
    given_up = world.stack.value(f'select count (*) from notifier.message where state = {FAILED}')
    check(given_up == 0, f'{given_up} messages were given up')
    return f'{failed} attempts came to nothing: certificates that were {", ".join(SAYS)}, and a password; all was said later'


if __name__ == '__main__':
    chaos.main([test_f20_who_shows_a_wrong_certificate_or_does_not_take_our_password_is_told_nothing_and_everything_later], World)
