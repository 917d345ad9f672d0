"""The clock of the peers: trains, compares, then times whenever a line comes in.

A peer hands in `prepare(cell)`, which loads data, makes the model, and returns two functions:
`draw_order()` gives the samples of `epochs_per_call` shuffled epochs, and `train(order)` trains on
them, waits until it is done, and returns the loss of each step.
"""

import json
import os
import platform
import statistics
import sys
import time
from importlib import metadata
from types import SimpleNamespace

import numpy

MIN_CALLS = 2


def serve(prepare, packages):
    # Whatever a library prints must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    cell = SimpleNamespace(**json.loads(sys.argv[1]))
    draw_order, train = prepare(cell)
    # The first calls compile and warm up.
    losses = []
    while len(losses) < cell.compared_epochs:
        steps = numpy.asarray(train(draw_order()), dtype=numpy.float64)
        losses += steps.reshape(cell.epochs_per_call, -1).mean(axis=1).tolist()
    versions = {name: metadata.version(name) for name in packages}
    answer(
        answers,
        losses=losses[: cell.compared_epochs],
        last_loss=losses[-1],
        versions={"python": platform.python_version()} | versions,
    )
    for line in sys.stdin:
        answer(answers, **timed(draw_order, train, float(line)))


def timed(draw_order, train, seconds):
    """Calls until so many seconds have passed. Drawing the order is outside of the clock."""
    step_seconds, spent = [], 0.0
    used = time.process_time()
    while spent < seconds or len(step_seconds) < MIN_CALLS:
        order = draw_order()
        started = time.perf_counter()
        losses = train(order)
        took = time.perf_counter() - started
        spent += took
        step_seconds.append(took / len(losses))
    return {
        "step_seconds": statistics.median(step_seconds),
        "calls": len(step_seconds),
        "cpu_seconds": time.process_time() - used,
    }


def answer(answers, **values):
    print(json.dumps(values), file=answers, flush=True)
