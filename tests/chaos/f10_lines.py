"""F10: lines that lose one packet in five, that are reset, that are narrow, and that fall silent without a word. A silent line is
noticed in less than 15 s, by both sides."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import apart, chaos, network                           # noqa: E402
from lib.stack import SERVICES, wait_for                        # noqa: E402
from lib.tap import check                                       # noqa: E402

BAD_S = 40
VICTIM = 'dispatcher'


def test_f10_every_line_loses_one_packet_in_five(world):
    for name in apart.MACHINES:
        world.network.rule(name, 'meta iifname eth0 numgen random mod 100 < 20 drop')
    time.sleep(BAD_S)
    world.fault_is_over()
    return f'for {BAD_S} s'


def test_f10_connections_are_reset_again_and_again(world):
    for name in apart.MACHINES:
        world.network.rule(name, 'meta l4proto tcp meta iifname eth0 numgen random mod 1000 < 3 reject with tcp reset')
    time.sleep(BAD_S)
    world.fault_is_over()
    return f'for {BAD_S} s, 3 packets in 1,000'


def test_f10_every_line_is_narrow(world):
    for name in apart.MACHINES:
        world.network.narrow(name, '1mbit')
    time.sleep(BAD_S)
    world.fault_is_over()
    return f'1 Mbit/s for {BAD_S} s'


def test_f10_a_line_to_postgres_that_falls_silent_is_noticed_by_both_sides(world):
    pid = world.stack.value("select backend_pid from dispatcher.lease")
    notice, began = world.noticing([VICTIM]), time.monotonic()
    world.network.separate(VICTIM, ['postgres'])
    noticed = notice()
    wait_for(lambda: not world.stack.value(f'select count (*) from pg_stat_activity where pid = {pid}'), 'Postgres notices', 20, 0.2)
    server = time.monotonic() - began
    check(server < apart.DETECT_S, f'Postgres has noticed after {server:.1f} s')
    world.fault_is_over()
    return f'by the service after {noticed:.1f} s, by Postgres after {server:.1f} s'


def test_f10_a_line_between_services_that_falls_silent_is_noticed_by_both_sides(world):
    others = [name for name in SERVICES if name != VICTIM]
    old = connections(world, VICTIM)
    check(old, f'{VICTIM} has connections to others')
    world.network.separate(VICTIM, others)
    began = time.monotonic()
    wait_for(lambda: not old & connections(world, VICTIM), f'{VICTIM} leaves its connections', 30, 0.2)
    took = time.monotonic() - began
    check(took < apart.DETECT_S, f'{VICTIM} has noticed after {took:.1f} s')
    world.fault_is_over()
    return f'{len(old)} connections, the last was left after {took:.1f} s'


def connections(world, name):
    """What is established between this machine and other services, by its two ends."""
    lines = world.network.inside(name, 'ss', '-Htn', 'state', 'established').splitlines()
    services = {world.network.names[service] for service in SERVICES}
    return {tuple(line.split()[2:4]) for line in lines if line.split()[3].rsplit(':', 1)[0].strip('[]').removeprefix('::ffff:') in services}


if __name__ == '__main__':
    network.enter()
    chaos.main([test for name, test in list(globals().items()) if name.startswith('test_')], apart.World)
