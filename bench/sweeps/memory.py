"""The peak memory of everything that this process has started, sampled."""

import os
import re
import threading
from contextlib import suppress
from pathlib import Path

INTERVAL_SECONDS = 0.5


class PeakMemory(threading.Thread):
    """Samples the sum over all descendants; pages that several of them share count once."""

    def __init__(self):
        super().__init__(daemon=True)
        self.finished = threading.Event()
        self.bytes = 0

    def run(self):
        while not self.finished.wait(INTERVAL_SECONDS):
            total = sum(map(proportional_bytes, descendants(os.getpid())))
            self.bytes = max(self.bytes, total)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.finished.set()
        self.join()


def descendants(ancestor):
    """The identifiers of all processes that come from this one."""
    children = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        # A process may end meanwhile.
        with suppress(OSError):
            # The name, in parentheses, may have spaces; behind it are the state and the parent.
            parent = path.read_text().rpartition(")")[2].split()[1]
            children.setdefault(int(parent), []).append(int(path.parent.name))
    found, remaining = [], [ancestor]
    while remaining:
        below = children.get(remaining.pop(), [])
        found += below
        remaining += below
    return found


def proportional_bytes(process_id):
    """Resident memory in which a page that N processes share counts 1/N."""
    with suppress(OSError):
        text = Path(f"/proc/{process_id}/smaps_rollup").read_text()
        if found := re.search(r"^Pss:\s*(\d+) kB", text, re.MULTILINE):
            return int(found[1]) * 1024
    return 0
