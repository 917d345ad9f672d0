"""Reads the records of a sweep of sweeps/smoke.yaml as TensorBoard and pandas read them.

    python check.py FOLDER      # FOLDER has runs/smoke and reports/smoke.csv
"""

import csv
import json
import math
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import jsonschema
import pandas
import yaml
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

SCALARS = [
    "Accuracy/test",
    "Accuracy/train",
    "Accuracy/val",
    "LearningRate",
    "Loss/test",
    "Loss/train",
    "Loss/val",
    "Metrics/epoch_seconds",
]
COLUMNS = {
    "Loss/train": "train_loss",
    "Loss/val": "val_loss",
    "Accuracy/train": "train_accuracy",
    "Accuracy/val": "val_accuracy",
    "LearningRate": "learning_rate",
    "Metrics/epoch_seconds": "seconds",
}
checked = 0


def check(condition, what):
    global checked
    checked += 1
    if not condition:
        sys.exit(f"FAILED: {what}")


def close(a, b):
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)


def event_accumulators(runs):
    """Every run folder by itself, with TensorBoard's own loader."""
    folders = sorted(path.parent for path in runs.rglob("result.json"))
    check(len(folders) == 8, f"8 runs, found {len(folders)}")
    for folder in folders:
        accumulator = EventAccumulator(str(folder))
        accumulator.Reload()
        check(sorted(accumulator.Tags()["scalars"]) == SCALARS, f"scalars of {folder}")
        rows = list(csv.DictReader(open(folder / "epochs.csv")))
        for tag, column in COLUMNS.items():
            events = accumulator.Scalars(tag)
            check([e.step for e in events] == [int(r["epoch"]) for r in rows], f"steps of {tag}")
            for event, row in zip(events, rows):
                check(close(event.value, float(row[column])), f"{tag} of {folder}")
        result = json.load(open(folder / "result.json"))["result"]
        check(close(accumulator.Scalars("Accuracy/test")[0].value, result["test"]["accuracy"]), "test")
    for folder in sorted(runs.glob("smoke/*/cv")):
        accumulator = EventAccumulator(str(folder))
        accumulator.Reload()
        folds = [e.value for e in accumulator.Scalars("CV/val_accuracy")]
        check(len(folds) == 2, f"two folds in {folder}")
        mean = accumulator.Scalars("CV/val_accuracy_mean")[0].value
        deviation = accumulator.Scalars("CV/val_accuracy_sd")[0].value
        check(close(mean, pandas.Series(folds).mean()), "mean of the folds")
        check(abs(deviation - pandas.Series(folds).std(ddof=1)) < 1e-6, "deviation of the folds")


def http(runs):
    """The same over HTTP, from a TensorBoard that is running."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "tensorboard.main", "--logdir", str(runs), "--port", str(port),
         "--host", "127.0.0.1", "--load_fast=false"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )

    def get(path, **query):
        url = f"{address}{path}?{urllib.parse.urlencode(query)}" if query else address + path
        return json.load(urllib.request.urlopen(url, timeout=30))

    def post(path, body):
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(address + path, json.dumps(body).encode(), headers)
        return json.load(urllib.request.urlopen(request, timeout=30))

    try:
        for _ in range(240):
            try:
                tags = get("/data/plugin/scalars/tags")
                if len(tags) == 12:
                    break
            except OSError:
                pass
            time.sleep(0.5)
        check(len(tags) == 12, f"8 folds and 4 cross-validations, found {sorted(tags)}")
        run = "smoke/width64_lr0.1/fold-0"
        curve = get("/data/plugin/scalars/scalars", tag="Loss/val", run=run)
        check([point[1] for point in curve] == [1, 2], "steps of a curve")
        text = get("/data/plugin/text/text", run=run, tag="configuration/text_summary")
        check("training.learning_rate" in text[0]["text"], "configuration as text")
        text = get("/data/plugin/text/text", run=run, tag="hardware/text_summary")
        check("processor" in text[0]["text"], "hardware as text")
        experiment = post("/data/plugin/hparams/experiment", {"experimentName": ""})
        names = sorted(info["name"] for info in experiment["hparamInfos"])
        check(names == ["model.width", "training.learning_rate"], f"hparams {names}")
        metrics = [{"name": {"tag": tag, "group": ""}} for tag in ["Accuracy/val", "CV/val_accuracy_mean"]]
        groups = post("/data/plugin/hparams/session_groups", {
            "experimentName": "", "allowedStatuses": ["STATUS_SUCCESS"],
            "colParams": [{"metric": metric["name"]} for metric in metrics],
            "sliceSize": 100, "startIndex": 0,
        })
        check(len(groups["sessionGroups"]) == 4, "one row for each trial")
        for group in groups["sessionGroups"]:
            check(len(group["sessions"]) == 3, "two folds and their cross-validation")
    finally:
        server.terminate()
        server.wait(timeout=30)


def table(folder):
    """The CSV as pandas reads it."""
    frame = pandas.read_csv(folder / "reports" / "smoke.csv")
    check(list(frame["rank"]) == [1, 2, 3, 4], "ranks")
    check(frame["mean_val_accuracy"].is_monotonic_decreasing, "best first")
    check(frame["param_model.width"].dtype.kind == "i", "widths are whole numbers")
    check(frame["param_training.learning_rate"].dtype.kind == "f", "rates are numbers")
    splits = frame[["split0_val_accuracy", "split1_val_accuracy"]]
    check((splits.mean(axis=1) - frame["mean_val_accuracy"]).abs().max() < 1e-12, "means")
    check((splits.std(axis=1, ddof=1) - frame["std_val_accuracy"]).abs().max() < 1e-12, "deviations")


def schema():
    """The JSON Schema takes every shipped sweep, and finds the usual mistakes."""
    validator = jsonschema.Draft7Validator(json.load(open("docs/sweep.schema.json")))
    sweeps = sorted(Path("sweeps").glob("*.yaml"))
    check(len(sweeps) >= 4, "shipped sweeps")
    for path in sweeps:
        errors = list(validator.iter_errors(yaml.safe_load(open(path))))
        check(not errors, f"{path}: {errors}")
    for mistake in [
        {"trainig": {}},
        {"training": {"lerning_rate": 0.1}},
        {"training": {"epochs": 0}},
        {"model": {"dropout": 1.0}},
        {"training": {"optimizer": "sdg"}},
        {"training": {"schedule": {"step": {}}}},
        {"grid": {}},
        {"grid": {"training.learning_rate": []}},
        {"grid": {"training.learning_rate": [0]}},
        {"grid": {"training.learning_rate": {"logarithmic": {"from": 1, "to": 2}}}},
        {"grid": {"optimizer": {"adam": {"training.optimiser": "adam"}}}},
        {"grid": {"size": {"zip": {"model.layer": [1]}}}},
    ]:
        check(not validator.is_valid(mistake), f"the schema takes {mistake}")


folder = Path(sys.argv[1])
schema()
event_accumulators(folder / "runs")
http(folder / "runs")
table(folder)
print(f"{checked} passed, 0 failed")
