"""F11: a bit is another on the line between services and Postgres. The line has TLS, as one that leaves the machine must: what was
changed on the way ends the connection and never becomes data."""
import os
import random
import shutil
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos                                           # noqa: E402
from lib.certificate import Authority                           # noqa: E402
from lib.proxy import FlipBits, Proxy                           # noqa: E402
from lib.tap import check                                       # noqa: E402

HOST, FLIP_S = '127.0.0.1', 60


def free_port():
    with socket.create_server((HOST, 0)) as probe:
        return probe.getsockname()[1]


class World(chaos.World):
    """Services speak to Postgres by TLS, through a proxy; they know its certificate, and the test has a socket of its own."""
    def make_stack(self):
        port, self.flip = free_port(), FlipBits(random.Random(self.seed))
        stack = super().make_stack()
        authority = Authority(stack.home)
        self.certificate = authority.issue('postgres', [HOST])
        if os.geteuid() == 0:
            shutil.chown(self.certificate, 'postgres', 'postgres')
        os.chmod(self.certificate, 0o600)
        with open(f'{stack.home}/pg_hba.conf', 'w', encoding='utf-8') as file:
            file.write(f'local all all trust\nhostssl all all {HOST}/32 trust\n')
        stack.postgres_settings += (f"\nlisten_addresses = '{HOST}'\nport = {port}\nssl = on\nssl_cert_file = '{self.certificate}'\n"
                                    f"ssl_key_file = '{self.certificate}'\nhba_file = '{stack.home}/pg_hba.conf'")
        self.proxy = Proxy((HOST, 0), (HOST, port), self.flip)
        stack.environment.update({
            'PGPORT': str(port), 'FETTLE_DSN': f'host={HOST} port={self.proxy.port} dbname=fettle sslmode=verify-full sslrootcert={authority.file}'})
        return stack

    def close(self, is_well):
        super().close(is_well)
        self.proxy.close()


def test_f11_a_bit_that_was_flipped_on_the_line_to_postgres_ends_the_connection_and_never_becomes_data(world):
    stack = world.stack
    plain = stack.value("select count (*) from pg_stat_activity join pg_stat_ssl using (pid) where usename like 'fettle\\_%' and not ssl")
    check(plain == 0, f'{plain} connections have no TLS')
    pids, connections = stack.pids(), world.proxy.connections
    world.flip.begin()
    time.sleep(FLIP_S)
    world.flip.end()
    world.fault_is_over()
    flipped, made = world.flip.done['flipped'], world.proxy.connections - connections
    check(flipped > 50, f'only {flipped} bits were flipped')
    check(stack.pids() == pids, 'a service has ended')
    return f'{flipped} bits flipped in {FLIP_S} s; {made} connections were made anew'


if __name__ == '__main__':
    chaos.main([test_f11_a_bit_that_was_flipped_on_the_line_to_postgres_ends_the_connection_and_never_becomes_data], World)
