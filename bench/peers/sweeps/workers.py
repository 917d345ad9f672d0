"""Divides the runs of a sweep over processes, one on each core that this program may use."""

import json
import multiprocessing
import os
import platform
import sys
from importlib import metadata
from pathlib import Path

import dataset


def divide(prepare, packages):
    """Reads the list of runs, trains all of them, and prints a line of JSON for each.

    `prepare(data)`, which is called in each process, returns the function that trains one run.
    """
    runs = json.loads(Path(sys.argv[1]).read_text())
    # Runs of the same network follow each other, so that a process compiles few of them.
    runs.sort(key=lambda run: json.dumps([run["network"], run["init"]]))
    data = dataset.load(runs[0])
    # The processes share what is loaded here.
    context = multiprocessing.get_context("fork")
    queue = Ends(context, len(runs))
    processes = []
    for index, core in enumerate(sorted(os.sched_getaffinity(0))):
        process = context.Process(target=train_all, args=(prepare, data, runs, queue, index, core))
        process.start()
        processes.append(process)
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        sys.exit("a process failed")
    versions = {name: metadata.version(name) for name in packages}
    print(json.dumps({"versions": {"python": platform.python_version()} | versions}))


class Ends:
    """Indices that are taken from both ends: even processes take the first, odd ones the last."""

    def __init__(self, context, count):
        self.lock = context.Lock()
        self.first = context.Value("i", 0, lock=False)
        self.last = context.Value("i", count - 1, lock=False)

    def take(self, process):
        """The next index, or None. The lock is held."""
        if self.first.value > self.last.value:
            return None
        if process % 2 == 0:
            self.first.value += 1
            return self.first.value - 1
        self.last.value -= 1
        return self.last.value + 1


def train_all(prepare, data, runs, queue, index, core):
    """In a process: trains until no run is left."""
    # Libraries count the cores when they start their threads.
    os.sched_setaffinity(0, {core})
    train = prepare(data)
    while True:
        with queue.lock:
            taken = queue.take(index)
        if taken is None:
            return
        run = runs[taken]
        line = json.dumps({"run": run["run"]} | train(run))
        with queue.lock:
            print(line, flush=True)


def result(epochs, test):
    """What a run leaves: its epochs, the last of them, and the test."""
    return {"epochs": epochs, "val_accuracy": epochs[-1]["val_accuracy"], "test": test}
