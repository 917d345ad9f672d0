"""The clock of the peers: processes that start together, a warm-up before, one line of JSON after.

A peer hands in `prepare(options)`, which loads data, makes the models and returns a function that
trains one epoch, waits for the device and returns the mean loss of the epoch's batches.
"""

import argparse
import json
import multiprocessing
import os
import platform
import statistics
import time
from importlib import metadata

from cores import distinct_cores

# Compiling may be slow; a peer that stands still must end all the same.
PATIENCE_SECONDS = 600


def arguments(description, members=False, devices=("cpu",), flags=(), choices=None):
    """The options of a peer; `members`, `flags` and `choices` only for those that have them."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--cores", type=int, default=1, help="CPU cores to use")
    parser.add_argument("--epochs", type=int, default=2, help="epochs on the clock, after a first")
    parser.add_argument("--device", choices=devices, default="cpu")
    if members:
        parser.add_argument("--members", type=int, default=4, help="models trained as one")
    for flag, meaning in flags:
        parser.add_argument(flag, action="store_true", help=meaning)
    for option, values in (choices or {}).items():
        parser.add_argument(option, choices=values, default=values[0])
    options = parser.parse_args()
    options.members = getattr(options, "members", 1)
    return options


def measure(program, prepare, options, packages, threads=False):
    """Trains in one process for each core, or with `threads` in one process that has them all."""
    groups = [None]
    if options.device == "cpu":
        cores = distinct_cores(options.cores)
        groups = [set(cores)] if threads else [{core} for core in cores]
    results = run_together(prepare, options, groups)
    # Each process did all its measured epochs while all the others were busy, so speeds add up.
    speed = sum(options.members / statistics.median(result["seconds"]) for result in results)
    seconds = [second for result in results for second in result["seconds"]]
    print_line(program, options, speed, seconds, results[0]["loss"], packages)


def print_line(program, options, speed, seconds, loss, packages, **more):
    """The one line of a program's result."""
    versions = {name: metadata.version(name) for name in packages}
    line = {
        "program": program,
        "device": options.device,
        "cores": options.cores,
        "members": options.members,
        "model_epochs_per_second": round(speed, 4),
        "seconds": [round(second, 6) for second in seconds],
        "final_loss": loss,
        "versions": {"python": platform.python_version()} | versions,
    }
    print(json.dumps(line | more), flush=True)


def run_together(prepare, options, groups):
    """What `timed_epochs` measures in one process for each group of cores, all at once."""
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(len(groups))
    unfinished = context.Value("i", len(groups))
    all_cores = os.sched_getaffinity(0)
    processes, receivers = [], []
    for cores in groups:
        receiver, sender = context.Pipe(duplex=False)
        shared = (prepare, options, start, unfinished, sender)
        process = context.Process(target=timed_epochs, args=shared, daemon=True)
        # A child inherits its cores, so that its thread pools count them right when they are made.
        os.sched_setaffinity(0, cores or all_cores)
        process.start()
        sender.close()
        processes.append(process)
        receivers.append(receiver)
    os.sched_setaffinity(0, all_cores)
    try:
        results = [receiver.recv() for receiver in receivers]
    except EOFError:
        raise SystemExit("a process failed before it was measured") from None
    for process in processes:
        process.join()
    return results


def timed_epochs(prepare, options, start, unfinished, sender):
    """In a child: one epoch outside of the clock, then those that count."""
    try:
        epoch = prepare(options)
        epoch()
        start.wait(PATIENCE_SECONDS)
    except BaseException:
        start.abort()
        raise
    seconds = []
    try:
        for _ in range(options.epochs):
            started = time.perf_counter()
            loss = epoch()
            seconds.append(time.perf_counter() - started)
    finally:
        # Who fails is finished too: nobody waits for it.
        with unfinished.get_lock():
            unfinished.value -= 1
    # Who is done first keeps its core busy until nobody is measured any more.
    while unfinished.value > 0:
        epoch()
    sender.send({"seconds": seconds, "loss": round(float(loss), 5)})
