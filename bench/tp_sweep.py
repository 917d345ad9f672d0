"""Measurements of tp-sweep itself: its real binary, run as users run it."""

import csv
import json
import statistics
import tempfile
from pathlib import Path

import process

ROOT = Path(__file__).parents[1]
YARDSTICK = ROOT / "bench" / "yardstick.yaml"


def sweep(binary, file, folder, options, limit_seconds=1800, cores=None, **how):
    """Runs a sweep into a folder; `how` is passed on to `process.run`."""
    command = [binary, "run", file, "--quiet", "--data", ROOT / "data"]
    command += ["--runs", f"{folder}/runs", "--reports", f"{folder}/reports", *options]
    return process.run(command, limit_seconds, cores, **how)


def yardstick(binary, device, workers, cohort=None, epochs=6, limit_seconds=1800, cores=None):
    """Model-epochs per second: workers / the median of an epoch's seconds.

    Without a cohort size tp-sweep chooses; with one, the runs are trials of a grid of learning
    rates, which share their batches as the peers' models do, and an epoch's seconds are those of
    the cohort divided by its members.
    """
    repeats = workers * (cohort or 2)
    options = ["--device", device, "--workers", workers, "--set", f"training.epochs={epochs}"]
    with tempfile.TemporaryDirectory() as folder:
        file = YARDSTICK
        if cohort:
            options += ["--cohort", cohort, "--set", "validation.repeats=1"]
            file = yardstick_grid(folder, repeats)
        else:
            options += ["--set", f"validation.repeats={repeats}"]
        finished = sweep(binary, file, folder, options, limit_seconds, cores)
        runs = [rows for _, rows in epochs_of(folder)]
    # The first epoch warms up.
    seconds = [float(row["seconds"]) for rows in runs for row in rows[1:]]
    losses = [float(rows[-1]["train_loss"]) for rows in runs]
    if len(runs) != repeats or not seconds:
        raise process.Failed(f"{len(runs)} of {repeats} runs left epochs to measure")
    return {
        "program": "tp_sweep",
        "device": device,
        "cores": workers,
        "members": cohort or 1,
        "model_epochs_per_second": workers / statistics.median(seconds),
        "seconds": seconds,
        "final_loss": round(statistics.mean(losses), 5),
        # A floor under the figure above: everything counts, the start of the process too.
        "whole_process_model_epochs_per_second": repeats * epochs / finished.seconds,
        "whole_process_seconds": finished.seconds,
        "peak_bytes": finished.peak_bytes,
        "busy_elsewhere": finished.busy_elsewhere,
    }


def yardstick_grid(folder, trials):
    """The yardstick's sweep file with a grid of learning rates that are all about 0.01."""
    rates = [round(0.01 * (1 + index / trials / 100), 9) for index in range(trials)]
    file = Path(folder) / "yardstick.yaml"
    file.write_text(f"{YARDSTICK.read_text()}grid: {{ training.learning_rate: {rates} }}\n")
    return file


def whole_sweep(binary, file, workers):
    """Seconds of a whole process on the CPU, start included, beside those of its training steps."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--device", "cpu", "--workers", workers]
        finished = sweep(binary, ROOT / file, folder, options)
        runs = [rows for _, rows in epochs_of(folder)]
    training = sum(float(row["seconds"]) for rows in runs for row in rows)
    return {
        "sweep": file,
        "workers": workers,
        "runs": len(runs),
        "whole_process_seconds": finished.seconds,
        "training_seconds": training / workers,
        "peak_bytes": finished.peak_bytes,
        "busy_elsewhere": finished.busy_elsewhere,
    }


def final_losses(folder):
    """Training, validation and test loss of every run that finished, by the run's folder."""
    losses = {}
    runs = Path(folder) / "runs"
    for path in sorted(runs.rglob("result.json")):
        result = json.loads(path.read_text())["result"]
        run = str(path.parent.relative_to(runs))
        if result["failure"]:
            raise process.Failed(f"{run}: {result['failure']}")
        losses[f"{run} train"] = result["epochs"][-1]["train_loss"]
        # There is no validation without folds or a holdout.
        losses[f"{run} validation"] = (result["validation"] or {}).get("loss")
        losses[f"{run} test"] = result["test"]["loss"]
    return {name: loss for name, loss in losses.items() if loss is not None}


def epochs_of(folder):
    """The rows of every run's epochs.csv."""
    for path in sorted((Path(folder) / "runs").rglob("epochs.csv")):
        with path.open() as file:
            yield path.parent, list(csv.DictReader(file))
