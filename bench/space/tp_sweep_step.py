"""The time of a step in tp-sweep: its real binary trains a sweep of one trial and profiles it."""

import csv
import json
import statistics
import tempfile
from pathlib import Path

import process
import tp_sweep
from space.cells import OPTIMIZERS, VARIANTS
from space.plan import COMPARED_EPOCHS, plan_of

LIMIT_SECONDS = 300


def sweep_of(cell, data):
    """A cell's sweep file. JSON is YAML."""
    size = {"width": cell.width, "layers": cell.layers}
    kind = {"kind": "cnn", "channels": list(cell.channels)} if cell.channels else {"kind": "mlp"}
    sweep = {
        "name": "cell",
        "data": {"set": "npy", "path": str(data), "normalise": "none"},
        "model": kind | size | VARIANTS[cell.variant],
        "training": {"epochs": COMPARED_EPOCHS, "batch_size": cell.batch}
        | OPTIMIZERS[cell.optimizer],
        # Trains on all samples, as the peers do.
        "validation": {"holdout": 0, "seed": 42},
        "record": {"events": "none"},
        "keep": "none",
        "checkpoint": "none",
    }
    return json.dumps(sweep, indent=1) + "\n"


def measure(binary, cell, data, core):
    """Trains and profiles a cell on one core."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cell.yaml"
        file.write_text(sweep_of(cell, data))
        options = ["--device", "cpu", "--workers", 1]
        finished = tp_sweep.sweep(binary, file, folder, options, LIMIT_SECONDS, [core])
        return read(cell, Path(folder)) | {"busy_elsewhere": finished.busy_elsewhere}


def read(cell, folder):
    """From the files of a sweep: seconds of a step by its profile, and by its epochs.

    The profile is the median of single steps; the epochs also have what happens between steps.
    """
    steps = plan_of(cell).steps_per_epoch
    profiles = list((folder / "runs").rglob("profile.json"))
    if len(profiles) != 1:
        raise process.Failed(f"expected 1 profile.json, found {len(profiles)}")
    profile = json.loads(profiles[0].read_text())["profile"]
    [(_, epochs)] = tp_sweep.epochs_of(folder)
    # The first epoch warms up.
    seconds = statistics.median(float(row["seconds"]) for row in epochs[1:])
    return {
        "step_seconds": profile["seconds_per_epoch"] / steps,
        "epoch_step_seconds": seconds / steps,
        "losses": [float(row["train_loss"]) for row in epochs],
    }
