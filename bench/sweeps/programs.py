"""The programs that train a sweep: tp-sweep, and the peers with a list of its runs."""

import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

import process
import tp_sweep
from sweeps.memory import PeakMemory
from sweeps.runs import read_results

BENCH = Path(__file__).parents[1]
PEERS_FOLDER = BENCH / "peers"
LIMIT_SECONDS = 3600

# Names as in results, and labels as in the page.
TP_SWEEP = "tp_sweep"
TP_SWEEP_PLAIN = "tp_sweep_plain"
LABELS = {
    TP_SWEEP: "tp-sweep",
    TP_SWEEP_PLAIN: "tp-sweep, `record.events: none`",
    "torch": "PyTorch",
    "jax": "JAX",
    "sklearn": "scikit-learn",
}
# Options that each form of tp-sweep has in addition to the sweep file.
TP_SWEEP_OPTIONS = {TP_SWEEP: [], TP_SWEEP_PLAIN: ["--set", "record.events=none"]}
SCRIPTS = {
    "torch": "sweeps/torch_sweep.py",
    "jax": "sweeps/jax_sweep.py",
    "sklearn": "sweeps/sklearn_sweep.py",
}


def run_tp_sweep(name, binary, file, overrides, cores):
    """A line of measurements, and tp-sweep's results by run."""
    options = ["--device", "cpu", "--workers", len(cores), *TP_SWEEP_OPTIONS[name]]
    options += [part for override in overrides for part in ("--set", override)]
    with tempfile.TemporaryDirectory() as folder:
        with PeakMemory() as memory:
            finished = tp_sweep.sweep(binary, file, folder, options, LIMIT_SECONDS, cores)
        results = read_results(Path(folder) / "runs" / sweep_name(folder))
    accuracies = {run: result["validation"]["accuracy"] for run, result in results.items()}
    return line_of(finished, memory, accuracies), results


def sweep_name(folder):
    """The only folder of results; its name is that of the sweep."""
    [found] = [path.name for path in (Path(folder) / "runs").iterdir() if path.is_dir()]
    return found


def run_peer(name, runs, cores):
    """A line of measurements of a peer that trains these runs."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "runs.json"
        file.write_text(json.dumps(runs))
        command = [sys.executable, "-B", PEERS_FOLDER / SCRIPTS[name], file]
        with PeakMemory() as memory:
            finished = process.run(command, LIMIT_SECONDS, cores, env=environment())
    lines = [json.loads(line) for line in finished.output.splitlines()]
    trained = [line for line in lines if "run" in line]
    if len(trained) != len(runs):
        raise process.Failed(f"trained {len(trained)} of {len(runs)} runs")
    accuracies = {line["run"]: line["val_accuracy"] for line in trained}
    line = line_of(finished, memory, accuracies)
    line["versions"] = next(line["versions"] for line in lines if "versions" in line)
    # Runs that a peer can only train in another way do not say whether it does the same work.
    line["unlike"] = [line["run"] for line in trained if line.get("unlike")]
    return line


def environment():
    """Peers find each other's modules, and have one thread in each of their processes."""
    folders = [PEERS_FOLDER, PEERS_FOLDER / "space"]
    threads = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    return os.environ | threads | {"PYTHONPATH": os.pathsep.join(map(str, folders))}


def line_of(finished, memory, accuracies):
    return {
        "seconds": finished.seconds,
        "peak_bytes": max(memory.bytes, finished.peak_bytes),
        "busy_elsewhere": finished.busy_elsewhere,
        "mean_accuracy": statistics.mean(accuracies.values()),
        "accuracies": accuracies,
        "unlike": [],
        "versions": {},
    }
