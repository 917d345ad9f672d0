"""The same yardstick in other programs."""

import json
import os

import process
import programs
import tp_sweep

from .context import Unavailable
from .gpu_monitor import GpuMonitor
from .throughput import describe

# A program and its K, the most wanted first.
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
    ("pytorch_compile.py", None),
    ("chorus_torch.py", 64),
    ("jax_vmap.py --tf32", 512),
    ("torch_func.py --compile --graph", 64),
    ("pytorch_preloaded.py --graph --tf32", None),
    ("jax_vmap.py", 16),
)
# torch.compile takes most of a minute.
LIMIT_SECONDS = 60
# After a first epoch that is not timed.
EPOCHS = 2
# chorus-torch is pure Python: its wheel is imported as it is.
WHEELS = tp_sweep.ROOT / ".whl"


def run(context):
    context.results["peers"] = []
    for command, members in PEERS:
        # Only CUDA has graphs.
        if context.peer_device == "cuda" or "--graph" not in command:
            members = members and (context.options.members or members)
            context.attempt(
                f"{command}, K = {members or 1}", lambda: measure(context, command, members)
            )


def measure(context, command, members):
    environment = dict(os.environ)
    if command.startswith("chorus_torch"):
        add_wheel(environment, "chorus_torch-*.whl")
    full = programs.peer_command(command, 1, EPOCHS, members, context.peer_device)
    with GpuMonitor(context.on_cuda) as monitor:
        finished = process.run(full, context.limit(LIMIT_SECONDS), env=environment)
    line = json.loads(finished.output.strip().splitlines()[-1])
    # Start and compilation included: a peer does not say when it trains.
    line |= {"gpu": monitor.usage(), "tf32": "--tf32" in command}
    context.record("peers", line)
    context.say(f"{command} {describe(line)}, loss {line['final_loss']:.4f}")


def add_wheel(environment, pattern):
    wheel = next(WHEELS.glob(pattern), None)
    if wheel is None:
        raise Unavailable(f"no {pattern} in {WHEELS.name}/")
    paths = [str(wheel), environment.get("PYTHONPATH")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
