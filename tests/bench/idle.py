"""What processes cost while nothing is asked of them."""
import os
import time

from others import family


def _pss_kib(pid):
    try:
        with open(f'/proc/{pid}/smaps_rollup', encoding='utf-8') as file:
            return next(int(line.split()[1]) for line in file if line.startswith('Pss:'))
    except OSError:
        return 0                        # it has ended


def measure(groups, seconds):
    """groups: title -> ids of processes; with their children. Title -> percent of one core, MB (proportional set size)."""
    def ticks():
        return {title: sum(sum(family(pid).values()) for pid in pids) for title, pids in groups.items()}
    before, began = ticks(), time.monotonic()
    time.sleep(seconds)
    after, passed = ticks(), time.monotonic() - began
    return {title: {'cpu_percent': 100 * (after[title] - before[title]) / os.sysconf('SC_CLK_TCK') / passed,
                    'pss_mb': sum(_pss_kib(member) for pid in pids for member in family(pid)) / 1024}
            for title, pids in groups.items()}
