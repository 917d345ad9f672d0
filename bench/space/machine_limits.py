"""What one core can do at most: large matrix products, and passes over memory."""

import tempfile
from pathlib import Path

import process
import programs
from cpu_table import GFLOP_PER_MODEL_EPOCH
from peers.cores import distinct_cores

SOURCE = Path(__file__).parents[1] / "peers" / "space" / "bandwidth.c"
CACHES = Path("/sys/devices/system/cpu/cpu0/cache")


def measured_limits():
    """GFLOP/s with each library, the fastest of them, and bytes per second by working set."""
    speeds = {}
    for program in programs.all_programs(None):
        if program.kind != "limit":
            continue
        try:
            line = program.measure(1, 2, None)
        except process.Failed as failure:
            print(f"{program.label}: {failure}", flush=True)
            continue
        speeds[program.label] = line["model_epochs_per_second"] * GFLOP_PER_MODEL_EPOCH
    if not speeds:
        raise SystemExit("no library could multiply matrices: there is no limit to compare with")
    fastest = max(speeds, key=speeds.get)
    return {
        "gflops": speeds[fastest],
        "library": fastest,
        "libraries": speeds,
        "bandwidths": measured_bandwidths(),
        "caches": caches(),
    }


def measured_bandwidths():
    """Pairs of a working set's bytes and its bytes per second, the smallest first."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "bandwidth"
        process.run(["cc", "-O3", "-march=native", SOURCE, "-o", program], limit_seconds=60)
        output = process.run([program], 120, distinct_cores(1)).output
    return [[int(size), float(speed)] for size, speed in map(str.split, output.splitlines())]


def caches():
    """The bytes of each cache level that holds data, by its name."""
    sizes = {}
    for folder in sorted(CACHES.glob("index*")):
        level, kind, size = (
            (folder / name).read_text().strip() for name in ("level", "type", "size")
        )
        if kind != "Instruction":
            sizes[f"L{level}"] = int(size.removesuffix("K")) * 1024
    return sizes
