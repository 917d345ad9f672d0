"""Measures tp-sweep and its peers on a GPU; bench/gpu.sh says what it needs.

The steps stand in the order of what is missed most if time runs out, and each figure is written as
soon as it is there. Standard library only.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import machine
import process
import programs
import tp_sweep

# All together less than 9 minutes: time on a machine with a GPU is dear.
TOTAL_SECONDS = 520
# No step may use up the time of the others. The first ones compile their kernels.
SMOKE_SECONDS = 120
STEP_SECONDS = 60
# With less left than this, nothing that starts would end.
LEAST_SECONDS = 8

COHORTS = (1, 64, 512, 8, 128, 32, 256, 16, 4, 2)
# A peer counts the epochs after its first, so both train as long.
OWN_EPOCHS, PEER_EPOCHS = 3, 2
PEERS = (
    ("pytorch_preloaded.py", None),
    ("pytorch_preloaded.py --graph", None),
    ("jax_scan.py", None),
    ("jax_vmap.py", 64),
    ("torch_func.py --graph", 64),
    ("torch_func.py", 64),
    ("jax_vmap.py --tf32", 64),
    ("torch_func.py --graph --tf32", 64),
    ("jax_vmap.py", 512),
    ("torch_func.py --graph", 512),
    ("jax_vmap.py", 16),
    ("torch_func.py --compile --graph", 64),
    ("torch_func.py", 512),
    ("pytorch_compile.py", None),
    ("pytorch_preloaded.py --graph --tf32", None),
)
# How many cohort sizes come before the first peers, and how many peers before the other sizes.
FIRST_COHORTS, FIRST_PEERS = 4, 6


def main():
    options = arguments()
    process.end_children_at_sigterm()
    figures = Figures(options)
    cohorts = options.cohorts or list(COHORTS)
    # A CUDA graph needs CUDA.
    peers = [peer for peer in PEERS if options.device == "cuda" or "--graph" not in peer[0]]
    figures.step("smoke", SMOKE_SECONDS, figures.smoke)
    for cohort in cohorts[:FIRST_COHORTS]:
        figures.own(cohort)
    for command, members in peers[:FIRST_PEERS]:
        figures.peer(command, members)
    for cohort in cohorts[FIRST_COHORTS:]:
        figures.own(cohort)
    for command, members in peers[FIRST_PEERS:]:
        figures.peer(command, members)
    figures.say("done")


def arguments():
    parser = argparse.ArgumentParser(description="Measures tp-sweep and its peers on a GPU.")
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="the folder of gpu.json")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--cohorts", type=int, nargs="+")
    parser.add_argument("--members", type=int, help="of the peers that have them, for trying")
    return parser.parse_args()


class Figures:
    """What is left of the time, and what was found so far."""

    def __init__(self, options):
        self.options = options
        self.started = time.monotonic()
        gpu, driver = gpu_name(options.device)
        self.results = {
            "machine": machine.describe() | {"gpu": gpu, "driver": driver},
            "device": options.device,
            "smoke": None,
            "tp_sweep": [],
            "peers": [],
            "failures": [],
        }

    def say(self, text):
        print(f"{time.monotonic() - self.started:6.1f} s  {text}", flush=True)

    def step(self, name, limit_seconds, action):
        """Does one step within its limit and what is left; a failure is kept, and all goes on."""
        left = TOTAL_SECONDS - (time.monotonic() - self.started)
        try:
            if left < LEAST_SECONDS:
                raise process.Failed("no time left")
            self.say(f"{name}: {action(min(limit_seconds, left))}")
        # Whatever went wrong with one figure, the others are still wanted.
        except Exception as failure:
            self.results["failures"].append({"step": name, "why": f"{failure}"})
            self.say(f"{name} failed: {failure}")
        process.write_json(self.options.out / "gpu.json", self.results)

    def smoke(self, limit_seconds):
        binary, device = self.options.binary, self.options.device
        found = tp_sweep.largest_difference(binary, "sweeps/smoke.yaml", device, limit_seconds)
        self.results["smoke"] = found
        return (
            f"{found['losses_compared']} final losses, largest relative difference "
            f"{found['largest_relative_difference']:.2e} ({found['where']}: "
            f"{found['cpu']:.6f} on the CPU, {found['device']:.6f} on {device})"
        )

    def own(self, cohort):
        def action(limit_seconds):
            binary, device = self.options.binary, self.options.device
            with Watch(device) as watch:
                line = tp_sweep.yardstick(binary, device, 1, cohort, OWN_EPOCHS, limit_seconds)
            self.results["tp_sweep"].append(line | {"gpu": watch.usage()})
            return summary(self.results["tp_sweep"][-1])

        self.step(f"tp-sweep K = {cohort}", STEP_SECONDS, action)

    def peer(self, command, members):
        members = members and (self.options.members or members)

        def action(limit_seconds):
            device = self.options.device
            full = programs.peer_command(command, 1, PEER_EPOCHS, members, device)
            with Watch(device) as watch:
                finished = process.run(full, limit_seconds)
            line = json.loads(finished.output.strip().splitlines()[-1])
            line |= {"gpu": watch.usage(), "tf32": "--tf32" in command}
            self.results["peers"].append(line)
            return summary(line)

        self.step(f"{command} K = {members or 1}", STEP_SECONDS, action)


def summary(line):
    busy = line["gpu"].get("busy_percent")
    return (
        f"{line['model_epochs_per_second']:.2f} model-epochs/s, loss {line['final_loss']:.4f}"
        + (f", GPU busy {busy:.0f} %" if busy is not None else "")
    )


def gpu_name(device):
    if device == "cpu":
        return "no GPU, to try the script", "none"
    query = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
    first = subprocess.run(query, check=True, capture_output=True, text=True).stdout.splitlines()[0]
    name, driver = first.split(", ")
    return name, driver


class Watch:
    """Samples the GPU five times a second while a program runs."""

    QUERY = "--query-gpu=utilization.gpu,memory.used,power.draw"

    def __init__(self, device):
        self.on_gpu = device == "cuda"
        self.samples = []

    def __enter__(self):
        if self.on_gpu:
            self.file = tempfile.TemporaryFile("w+")
            command = ["nvidia-smi", self.QUERY, "--format=csv,noheader,nounits", "-lms", "200"]
            self.process = subprocess.Popen(command, stdout=self.file, stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        if self.on_gpu:
            self.process.terminate()
            self.process.wait()
            self.file.seek(0)
            self.samples = [sample for line in self.file if (sample := numbers(line))]

    def usage(self):
        if not self.samples:
            return {}
        busy = [percent for percent, _, _ in self.samples if percent > 0]
        return {
            "busy_percent": statistics.median(busy) if busy else 0.0,
            "busy_percent_most": max(busy, default=0.0),
            "memory_mib": max(mib for _, mib, _ in self.samples),
            "watts_most": max(watts for _, _, watts in self.samples),
            "samples": len(self.samples),
        }


def numbers(line):
    """The sample's three numbers, or None where the driver has none or the line is cut off."""
    try:
        percent, mib, watts = map(float, line.split(","))
        return percent, mib, watts
    except ValueError:
        return None


if __name__ == "__main__":
    main()
