"""A company whose Postgres, Redis and services are on machines of their own and hear each other over lines that can be spoiled."""
import time

from lib import chaos
from lib.network import NET, Network
from lib.provider import Provider
from lib.stack import SERVICES, wait_for

MACHINES = ['postgres', 'redis', *SERVICES, 'standby']
DETECT_S = 15.0                 # a silent line is noticed within


class World(chaos.World):
    """The test speaks with everybody over Unix sockets, whatever becomes of the lines."""
    network = None

    def open(self):
        self.network = Network(MACHINES)
        super().open()

    def make_provider(self):
        return Provider(f'{NET}.1')

    def make_stack(self):
        stack = super().make_stack()
        with open(f'{stack.home}/pg_hba.conf', 'w', encoding='utf-8') as file:
            file.write(f'local all all trust\nhost all all {NET}.0/24 trust\n')
        stack.postgres_settings += f"\nlisten_addresses = '*'\nhba_file = '{stack.home}/pg_hba.conf'"
        stack.redis_arguments = ['--port', '6379', '--bind', '0.0.0.0', '--protected-mode', 'no']
        stack.places = {name: self.network.place(name) for name in MACHINES}
        stack.environment.update({
            'FETTLE_KEYS': f'{stack.home}/keys', 'FETTLE_BIND': stack.bus_template, 'FETTLE_TCP': 'tcp://*:{port}',
            'FETTLE_BUS': 'tcp://{service}:{port}', 'FETTLE_DSN': 'host=postgres dbname=fettle', 'FETTLE_REDIS': 'tcp://redis:6379'})
        stack.fettle('keys', 'new', 'nobody', '--role', 'consumer')
        return stack

    def close(self, is_well):
        super().close(is_well)
        if self.network:
            self.network.close()

    def fault_is_over(self):
        self.network.heal()
        super().fault_is_over()

    def noticing(self, services):
        """To be called before the fault. What it returns waits until each of these has said that it is not ready, and returns
        after how many seconds the last has."""
        said = {service: len(self.stack.log(service)) for service in services}
        began = time.monotonic()

        def wait():
            wait_for(lambda: all('not ready' in self.stack.log(service)[size:] for service, size in said.items()),
                     lambda: 'noticed by ' + ', '.join(s for s, size in said.items() if 'not ready' not in self.stack.log(s)[size:]),
                     DETECT_S, 0.1)
            return time.monotonic() - began
        return wait
