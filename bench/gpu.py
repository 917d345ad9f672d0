"""Measures tp-sweep and its peers on a GPU, the most wanted figures first; see bench/gpu.sh.

Standard library only.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import process
from gpu_stages import (
    agreement,
    device_check,
    full_sweep,
    memory,
    parity,
    peers,
    setup,
    step_profile,
    throughput,
)
from gpu_stages.context import Context

# Each stage with its share of the time, in seconds. Time that a stage leaves goes to the next ones.
STAGES = (
    (device_check, 40),
    (agreement, 50),
    (parity, 80),
    (memory, 35),
    (throughput, 115),
    (peers, 140),
    (full_sweep, 50),
    (step_profile, 20),
)
TOTAL_SECONDS = sum(seconds for _, seconds in STAGES)


def main():
    options = arguments()
    process.end_children_at_sigterm()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tp-sweep-gpu-") as work:
        scale = options.total_seconds / TOTAL_SECONDS
        context = Context(options, Path(work), max(scale, 1.0))
        missing = setup.prepare(context)
        if missing:
            for each in missing:
                context.say(f"missing: {each}")
            return 2
        deadline = started
        for stage, seconds in STAGES:
            deadline += scale * seconds
            if name_of(stage) in options.stages:
                context.run_stage(name_of(stage), stage.run, deadline)
        return context.finish()


def name_of(stage):
    return stage.__name__.split(".")[-1]


def arguments():
    names = [name_of(stage) for stage, _ in STAGES]
    parser = argparse.ArgumentParser(description="Measures tp-sweep and its peers on a GPU.")
    parser.add_argument("binary", type=Path, help="tp-sweep, or the same compressed with xz")
    parser.add_argument("--out", type=Path, required=True, help="the folder of gpu.json")
    parser.add_argument("--device", default="cuda", help="cuda, cpu or vulkan")
    parser.add_argument("--total-seconds", type=float, default=TOTAL_SECONDS)
    parser.add_argument("--stages", nargs="+", choices=names, default=names)
    parser.add_argument("--cohorts", type=int, nargs="+", help="values of K for tp-sweep")
    parser.add_argument("--members", type=int, help="K of the peers that train several models")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
