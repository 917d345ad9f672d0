"""The twelve networks of judges/parity on the device, against PyTorch's results."""

import json
import sys

import process
import tp_sweep

sys.path.append(str(tp_sweep.ROOT / "judges" / "parity"))
import compare

SWEEP = "sweeps/parity.yaml"
REFERENCE = tp_sweep.ROOT / "judges" / "parity" / "pytorch.json"
# What tp-sweep gets to write its tables when it is stopped.
GRACE_SECONDS = 6


def run(context):
    folder = context.work / "parity"
    context.results["parity"] = []
    context.attempt("training", lambda: train(context, folder))
    # Rows that were trained before a failure count all the same.
    runs, missing = folder / "runs" / "parity", []
    rows = json.loads(REFERENCE.read_text())["rows"]
    for row in rows:
        try:
            found = compare.results(runs, row)
        except compare.Missing:
            missing.append(row["id"])
            continue
        context.attempt(row["id"], lambda: check(context, row, found))
    agreeing = sum(row["within"] for row in context.results["parity"])
    context.say(f"parity: {agreeing} of {len(rows)} rows within tolerance")
    if missing:
        raise process.Failed(f"rows without all their results: {', '.join(missing)}")
    write_page(context, runs)


def train(context, folder):
    limit = context.limit(float("inf")) - GRACE_SECONDS
    finished = context.sweep(SWEEP, folder, [], limit, grace_seconds=GRACE_SECONDS)
    context.record("parity_seconds", finished.seconds)


def check(context, row, found):
    lines = compare.compare(row, found)
    entry = {"row": row["id"], "seeds": row["seeds"], "within": all(agrees for _, agrees in lines)}
    for name, (cells, _) in zip(("test_accuracy", "train_loss"), lines, strict=True):
        keys = ("pytorch", "tp_sweep", "difference", "allowed")
        entry[name] = dict(zip(keys, cells[2:6], strict=True))
    context.record("parity", entry)
    if not entry["within"]:
        raise process.Failed(f"outside the tolerance: {entry}")


def write_page(context, runs):
    script = tp_sweep.ROOT / "judges" / "parity" / "compare.py"
    page = context.options.out / "parity.md"
    # Exit code 1, a row outside the tolerance, is recorded already.
    try:
        process.run([sys.executable, "-B", script, "--runs", runs, "--page", page], 20)
    except process.Failed:
        pass
