"""What the benchmark ran on."""

import os
import platform
import re
from pathlib import Path


def describe():
    """Processor, cores, memory and system; nothing that tells whose machine it is."""
    return {
        "processor": first(r"model name\s*: (.*)", "/proc/cpuinfo") or platform.machine(),
        "vector_units": "AVX-512" if "avx512f" in Path("/proc/cpuinfo").read_text() else None,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(int(first(r"MemTotal:\s*(\d+)", "/proc/meminfo")) / 2**20),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
    }


def first(pattern, path):
    found = re.search(pattern, Path(path).read_text())
    return found and found[1].strip()
