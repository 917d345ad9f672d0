"""Which processor cores a program of the benchmark may use."""

import os
from pathlib import Path


def distinct_cores(count):
    """The first cores that this process may use, never two threads of one physical core."""
    chosen, taken = [], set()
    for core in sorted(os.sched_getaffinity(0)):
        siblings = Path(f"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list")
        physical = siblings.read_text() if siblings.exists() else str(core)
        if physical not in taken:
            taken.add(physical)
            chosen.append(core)
    if len(chosen) < count:
        raise SystemExit(f"{count} cores are asked for, and {len(chosen)} are there")
    return chosen[:count]
