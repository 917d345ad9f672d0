"""Model-epochs per second of tp-sweep by K, the number of models trained as one program."""

import csv
import statistics
import tempfile
import time
from pathlib import Path

import process
import tp_sweep

from . import kernel_cache
from .gpu_monitor import GpuMonitor

# The most wanted first.
COHORTS = (1, 64, 512, 8, 128, 1024, 32, 256, 16, 4, 2)
LIMIT_SECONDS = 30
# A sweep is stopped as soon as this many epochs after the first took this many seconds.
MIN_EPOCHS, MIN_SECONDS = 3, 4.0
# More than are ever trained.
EPOCHS = 1000
# Peers are compared by the loss of this epoch.
LOSS_EPOCH = 3


def run(context):
    context.results["throughput"] = []
    for cohort in context.options.cohorts or COHORTS:
        context.attempt(f"K = {cohort}", lambda: measure(context, cohort))


def measure(context, cohort):
    kernel_cache.release_locks(context.work)
    with tempfile.TemporaryDirectory(dir=context.work) as folder:
        file = tp_sweep.yardstick_grid(folder, cohort)
        epochs = EpochWatch(folder)
        options = ["--workers", 1, "--cohort", cohort]
        options += ["--set", "validation.repeats=1", "--set", f"training.epochs={EPOCHS}"]
        limit = context.limit(LIMIT_SECONDS)
        error = None
        with GpuMonitor(context.on_cuda) as monitor:
            try:
                context.sweep(file, folder, options, limit, enough=epochs.enough, grace_seconds=2)
            except process.TimedOut as timed_out:
                error = timed_out
        runs = [rows for _, rows in tp_sweep.epochs_of(folder)]
        line = summarize(cohort, runs, epochs, monitor)
    if line is None:
        raise error or process.Failed(f"{len(runs)} of {cohort} runs have two epochs to measure")
    context.record("throughput", line)
    context.say(f"tp-sweep {describe(line)}")


class EpochWatch:
    """When each epoch of the cohort was recorded, by the epochs.csv of one run."""

    def __init__(self, folder):
        self.folder = Path(folder) / "runs"
        self.file = None
        self.moments = []

    def enough(self):
        self.file = self.file or next(self.folder.rglob("epochs.csv"), None)
        if self.file:
            rows = self.file.read_bytes().count(b"\n") - 1
            self.moments += [time.monotonic()] * (rows - len(self.moments))
        return self.epochs() >= MIN_EPOCHS and self.seconds() >= MIN_SECONDS

    def epochs(self):
        """After the first one, which warms up."""
        return max(len(self.moments) - 1, 0)

    def seconds(self):
        return self.moments[-1] - self.moments[0] if self.moments else 0.0


def summarize(cohort, runs, epochs, monitor):
    """None if there is no epoch after the first."""
    # In the epoch in which the sweep is stopped some runs may have one row more than others.
    seconds = [float(row["seconds"]) for rows in runs for row in rows[1:]]
    if len(runs) != cohort or not seconds:
        return None
    losses = [float(rows[LOSS_EPOCH - 1]["train_loss"]) for rows in runs if len(rows) >= LOSS_EPOCH]
    line = {
        "members": cohort,
        "model_epochs_per_second": 1 / statistics.median(seconds),
        "epochs": epochs.epochs(),
        # By the clock: recording and files count too.
        "model_epochs_per_wall_second": None,
        "loss_epoch_3": round(statistics.mean(losses), 5) if losses else None,
        "gpu": None,
        "joules_per_model_epoch": None,
    }
    if epochs.seconds() > 0:
        model_epochs = cohort * epochs.epochs()
        line["model_epochs_per_wall_second"] = model_epochs / epochs.seconds()
        line["gpu"] = usage = monitor.usage(epochs.moments[0], epochs.moments[-1])
        if usage and usage["joules"]:
            line["joules_per_model_epoch"] = usage["joules"] / model_epochs
    return line


def describe(line):
    text = f"K = {line['members']}: {line['model_epochs_per_second']:.2f} model-epochs/s"
    if line.get("model_epochs_per_wall_second"):
        text += f" ({line['model_epochs_per_wall_second']:.2f} by the clock)"
    if (usage := line["gpu"]) and usage["busy_percent"] is not None:
        text += f", GPU busy {usage['busy_percent']:.0f} %"
    if (usage := line["gpu"]) and usage["watts"] is not None:
        text += f", {usage['watts']:.0f} W"
    if line.get("joules_per_model_epoch"):
        text += f", {line['joules_per_model_epoch']:.2f} J per model-epoch"
    return text
