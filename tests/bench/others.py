"""What other processes of this machine take of its CPU while the bench measures, and measuring again when it is too much."""
import os
import statistics
import time

DISTURBED, TRIES = 0.1, 4                                      # share of the CPU that others may take


class Others:
    """Whatever is not this process and its descendants; what a hypervisor steals counts."""

    def __init__(self):
        self.began, self.busy, self.ours, self.stolen = time.monotonic(), _busy(), _ours(), _stolen()

    def share(self):
        """Of all cores, since this was made."""
        return max(0.0, (_busy() - self.busy - _ours() + self.ours) / self._ticks())

    def steal(self):
        """The part of it that other machines of the same host took."""
        return (_stolen() - self.stolen) / self._ticks()

    def _ticks(self):
        return (time.monotonic() - self.began) * os.sysconf('SC_CLK_TCK') * os.cpu_count()


def _cpu():
    with open('/proc/stat', encoding='utf-8') as file:
        return [int(word) for word in file.readline().split()[1:9]]


def _busy():
    ticks = _cpu()
    return sum(ticks) - ticks[3] - ticks[4]             # neither idle nor waiting for a disk


def _stolen():
    return _cpu()[7]


def family(root):
    """Process ids of root and all its descendants, with the ticks each has used, ended children included."""
    parents, ticks = {}, {}
    for entry in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{entry}/stat', encoding='utf-8', errors='replace') as file:
                words = file.read().rsplit(')', 1)[1].split()
        except OSError:
            continue
        parents[int(entry)], ticks[int(entry)] = int(words[1]), sum(map(int, words[11:15]))
    found = {root}
    while grown := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= grown
    return {pid: ticks.get(pid, 0) for pid in found}


def _ours():
    return sum(family(os.getpid()).values())


class Calm:
    """Takes figures again while others disturb them, so many times in all; keeps the least disturbed one."""

    def __init__(self, repeats):
        self.repeats, self.repeated, self.kept = repeats, 0, []

    def __call__(self, figure, *arguments):
        tries = []
        while not tries or (tries[-1]['others'] > DISTURBED and self.repeats and len(tries) < TRIES):
            if tries:
                self.repeats, self.repeated = self.repeats - 1, self.repeated + 1
            others = Others()
            found = figure(*arguments)          # one that knows better when it was at work says so itself
            tries.append({'others': others.share(), 'steal': others.steal(), **found})
        self.kept.append(min(tries, key=lambda result: result['others']))
        return self.kept[-1]

    def said(self):
        """In words, for whoever reads the figures."""
        shares, stolen = [result['others'] for result in self.kept], [result['steal'] for result in self.kept]
        disturbed = [share for share in shares if share > DISTURBED]
        text = (f'Others took {statistics.median(shares):.0%} of the CPU ({statistics.median(stolen):.0%} stolen by the hypervisor) in the middle one '
                f'of {len(shares)} measurements. {self.repeated} were taken again because of more than {DISTURBED:.0%}')
        return text + ('; none of those that count was disturbed so.' if not disturbed else
                       f'; {len(disturbed)} that count were **disturbed all the same**, by up to {max(disturbed):.0%}.')
