"""What is measured, in the order of a round."""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import process
import tp_sweep
from peers.cores import distinct_cores

ROOT = Path(__file__).parents[1]
BINARY = ROOT / "target" / "release" / "tp-sweep"

# Numbers of models that are trained as one, of which the fastest is taken into the rounds.
MEMBERS = (4, 8, 16)


@dataclass
class Program:
    """One row of the table."""

    name: str
    label: str
    # "limit", "tp-sweep" or "peer".
    kind: str
    # measure(cores, epochs, members) gives the line that the program prints.
    measure: object
    members: tuple = (None,)


def all_programs(cohorts):
    """Limits first, then tp-sweep with each cohort size, then the peers."""
    programs = [
        peer("sgemm_torch", "PyTorch (MKL)", "sgemm.py --library torch", kind="limit"),
        peer("sgemm_jax", "JAX (XLA)", "sgemm.py --library jax", kind="limit"),
    ]
    if executable := rust_sgemm():
        programs.insert(0, Program("sgemm", "the gemm crate", "limit", limit_by(executable)))
    for cohort in cohorts or [None]:
        label = f"tp-sweep, cohorts of {cohort}" if cohort else "tp-sweep"
        programs.append(Program(f"tp_sweep_{cohort or 'own'}", label, "tp-sweep", own(cohort)))
    return programs + [
        peer("course_loop", "the course's loop: Dataset, DataLoader", "course_loop.py"),
        peer("pytorch_preloaded", "PyTorch, samples preloaded", "pytorch_preloaded.py"),
        peer("pytorch_compile", "PyTorch, whole step by torch.compile", "pytorch_compile.py"),
        peer("torch_func", "PyTorch, torch.func", "torch_func.py", MEMBERS),
        peer(
            "torch_func_compile",
            "PyTorch, torch.func and torch.compile",
            "torch_func.py --compile",
            MEMBERS,
        ),
        peer("jax_scan", "JAX, jit and scan", "jax_scan.py"),
        peer("jax_vmap", "JAX, vmap of the scan", "jax_vmap.py", MEMBERS),
        peer("sklearn_grid", "scikit-learn, GridSearchCV", "sklearn_grid.py"),
    ]


def peer(name, label, command, members=(None,), kind="peer"):
    """A program of bench/peers."""

    def measure(cores, epochs, members):
        return printed(peer_command(command, cores, epochs, members), cores)

    return Program(name, label, kind, measure, members)


def peer_command(command, cores, epochs, members=None, device="cpu"):
    script, *options = command.split()
    options += ["--cores", cores, "--epochs", epochs, "--device", device]
    options += ["--members", members] if members else []
    return [sys.executable, "-B", ROOT / "bench" / "peers" / script, *options]


def limit_by(executable):
    """The bench target, which takes no number of epochs."""
    return lambda cores, _epochs, _members: printed([executable, "--cores", cores], cores)


def own(cohort):
    """tp-sweep on as many workers as cores."""

    def measure(cores, epochs, _members):
        pinned = distinct_cores(cores)
        # One epoch more, which warms up: the peers have theirs outside of the clock.
        return tp_sweep.yardstick(BINARY, "cpu", cores, cohort, epochs + 1, cores=pinned)

    return measure


def printed(command, cores):
    """The line of JSON that a program prints on as many cores, and what others took meanwhile."""
    finished = process.run(command, cores=distinct_cores(cores))
    line = json.loads(finished.output.strip().splitlines()[-1])
    return line | {"busy_elsewhere": finished.busy_elsewhere}


def rust_sgemm():
    """The newest build of the bench target `sgemm`, or None."""
    found = (ROOT / "target" / "release" / "deps").glob("sgemm-*")
    executables = [path for path in found if not path.suffix and os.access(path, os.X_OK)]
    return max(executables, key=lambda path: path.stat().st_mtime, default=None)
