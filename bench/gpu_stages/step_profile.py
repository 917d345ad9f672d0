"""Seconds of each kernel in training steps, by Nsight Systems or else by Nsight Compute."""

import csv
import glob
import io
import shutil
import tempfile
from collections import defaultdict

import process
import tp_sweep

from .context import Unavailable

FOLDERS = ("/usr/local/cuda*/bin", "/opt/nvidia/nsight-compute/*", "/opt/nvidia/nsight-systems/*/bin")
COHORT = 64
# Of Nsight Compute, which is slow: kernels that are skipped, then kernels that are timed.
SKIPPED, TIMED = 400, 120
UNITS = {"ns": 1e-9, "nsecond": 1e-9, "us": 1e-6, "usecond": 1e-6, "ms": 1e-3, "msecond": 1e-3}


def run(context):
    if not context.on_cuda:
        raise Unavailable("a profile needs CUDA")
    tools = [(name, path) for name in ("nsys", "ncu") if (path := find(name))]
    if not tools:
        raise Unavailable("neither nsys nor ncu is installed")
    for name, path in tools:
        profile = {"nsys": by_nsys, "ncu": by_ncu}[name]
        kernels = context.attempt(name, lambda: profile(context, path))
        if kernels:
            context.record("step_profile", {"tool": name, "members": COHORT, "kernels": kernels})
            for kernel in kernels[:12]:
                context.say(f"{kernel['seconds']:.6f} s in {kernel['calls']}: {kernel['name']}")
            return


def find(name):
    if found := shutil.which(name):
        return found
    paths = [path for folder in FOLDERS for path in sorted(glob.glob(f"{folder}/{name}"))]
    return next(reversed(paths), None)


def by_nsys(context, nsys):
    with tempfile.TemporaryDirectory(dir=context.work) as folder:
        trace = f"{folder}/trace"
        profile(context, [nsys, "profile", "--trace", "cuda", "--output", trace], folder)
        command = [nsys, "stats", "--report", "cuda_gpu_kern_sum", "--format", "csv"]
        printed = process.run([*command, f"{trace}.nsys-rep"], context.limit(30)).output
    rows = csv_rows(printed, "Total Time (ns)")
    return [
        {
            "name": row["Name"],
            "calls": int(row["Instances"]),
            "seconds": float(row["Total Time (ns)"]) * 1e-9,
        }
        for row in rows
    ]


def by_ncu(context, ncu):
    command = [ncu, "--metrics", "gpu__time_duration.sum", "--clock-control", "none", "--csv"]
    # The program is stopped once all kernels are timed.
    command += ["--launch-skip", SKIPPED, "--launch-count", TIMED, "--kill", "yes"]
    with tempfile.TemporaryDirectory(dir=context.work) as folder:
        log = f"{folder}/ncu.csv"
        try:
            profile(context, [*command, "--log-file", log], folder)
        except process.Failed:
            # The stopped program's exit code says nothing: the log does.
            pass
        with open(log) as file:
            rows = csv_rows(file.read(), "Metric Value")
    kernels = defaultdict(lambda: [0, 0.0])
    for row in rows:
        value = float(row["Metric Value"].replace(",", ""))
        kernels[row["Kernel Name"]][0] += 1
        kernels[row["Kernel Name"]][1] += value * UNITS[row["Metric Unit"]]
    found = [{"name": k, "calls": calls, "seconds": s} for k, (calls, s) in kernels.items()]
    if not found:
        raise process.Failed("ncu timed no kernel")
    return sorted(found, key=lambda kernel: -kernel["seconds"])


def profile(context, tool, folder):
    """Trains a cohort of the yardstick under a tool."""
    context.require_device()
    file = tp_sweep.yardstick_grid(folder, COHORT)
    command = [*tool, context.binary, "run", file, "--quiet", "--device", context.options.device]
    command += ["--data", tp_sweep.ROOT / "data", "--runs", f"{folder}/runs", "--workers", 1]
    command += ["--reports", f"{folder}/reports", "--cohort", COHORT]
    command += ["--set", "training.epochs=1", "--set", "validation.repeats=1"]
    command += ["--set", "data.limit=2000"]
    process.run(command, context.limit(30), env=context.environment, cwd=context.work)


def csv_rows(text, column):
    """The rows of the first CSV table with this column; tools print messages before it."""
    lines = text.splitlines()
    start = next((number for number, line in enumerate(lines) if column in line), None)
    if start is None:
        raise process.Failed(f"no {column} in the tool's output: {process.tail(text, 300)}")
    return list(csv.DictReader(io.StringIO("\n".join(lines[start:]))))
