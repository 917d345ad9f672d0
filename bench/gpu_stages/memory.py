"""Peak memory of a trial, next to torch.cuda.max_memory_allocated for the same model."""

import json
import sys
import tempfile
from pathlib import Path

import process
import tp_sweep

from .context import Unavailable
from .gpu_monitor import GpuMonitor

SWEEP = "bench/memory.yaml"


def run(context):
    own = context.attempt("tp-sweep", lambda: own_peaks(context)) or {}
    torch = context.attempt("PyTorch", lambda: torch_peaks(context)) or {}
    rows = [
        {
            "model": name,
            "tp_sweep_bytes": own.get(name),
            "torch_bytes": torch.get(name),
        }
        for name in sorted(own.keys() | torch.keys())
    ]
    context.record("memory", rows)
    for row in rows:
        context.say(f"memory: {row}")


def own_peaks(context):
    """By model; None where tp-sweep does not measure it."""
    with tempfile.TemporaryDirectory(dir=context.work) as folder:
        with GpuMonitor(context.on_cuda) as monitor:
            context.sweep(SWEEP, folder, ["--cohort", 1], context.limit(40))
        context.record("memory_whole_gpu", monitor.usage())
        paths = sorted((Path(folder) / "runs").rglob("profile.json"))
        profiles = {path.parent.name: json.loads(path.read_text())["profile"] for path in paths}
    return {
        name.removeprefix("network-"): profile["peak_bytes"] for name, profile in profiles.items()
    }


def torch_peaks(context):
    if not context.on_cuda:
        raise Unavailable("torch.cuda.max_memory_allocated needs CUDA")
    script = tp_sweep.ROOT / "bench" / "peers" / "torch_memory.py"
    return json.loads(process.run([sys.executable, "-B", script], context.limit(40)).output)
