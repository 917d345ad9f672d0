"""A whole sweep of 540 runs, with its tables; stopped at the time limit, with those of what is done."""

import shutil
import time

import process
import tp_sweep

from . import kernel_cache

SWEEP = "axe5-full"
RUNS = 540
GRACE_SECONDS = 8
# Exit code of `report` if runs are missing, which still writes the tables.
RESULTS_MISSING = 3


def run(context):
    kernel_cache.release_locks(context.work)
    folder = context.work / "full-sweep"
    started = time.monotonic()
    context.attempt(SWEEP, lambda: train(context, folder))
    finished = len(list((folder / "runs").rglob("result.json")))
    line = {"sweep": SWEEP, "runs": RUNS, "finished": finished}
    context.record("full_sweep", line | {"seconds": time.monotonic() - started})
    context.say(f"{SWEEP}: {finished} of {RUNS} runs")
    copy_tables(context, folder / "reports")


def train(context, folder):
    # Enough is left for a stop and the tables.
    limit = context.limit(float("inf")) - GRACE_SECONDS - 2
    try:
        context.sweep(f"sweeps/{SWEEP}.yaml", folder, [], limit, grace_seconds=GRACE_SECONDS)
    except process.TimedOut:
        write_report(context, folder)
        raise


def write_report(context, folder):
    command = [context.binary, "report", tp_sweep.ROOT / "sweeps" / f"{SWEEP}.yaml"]
    command += ["--runs", folder / "runs", "--reports", folder / "reports"]
    try:
        process.run(command, 10, env=context.environment, cwd=context.work)
    except process.Failed as error:
        if not f"{error}".startswith(f"exit code {RESULTS_MISSING}"):
            raise


def copy_tables(context, reports):
    for suffix in ("md", "csv"):
        table = reports / f"{SWEEP}.{suffix}"
        if table.exists():
            shutil.copyfile(table, context.options.out / table.name)
