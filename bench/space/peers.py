"""The peers: processes that train one cell each, and time it whenever they are asked to."""

import json
import os
import select
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import process
from space.cells import CLASSES, KERNEL_SIZE, OPTIMIZERS, VARIANTS
from space.plan import COMPARED_EPOCHS, plan_of

FOLDER = Path(__file__).parents[1] / "peers" / "space"
# Names as in results, labels as in the page, and scripts.
PEERS = {
    "jax": ("JAX, jit and (for MLPs) scan", "jax_scan.py"),
    "torch_eager": ("PyTorch, eager", "torch_eager.py"),
    "torch_compile": ("PyTorch, torch.compile", "torch_compile.py"),
}
# Compiling may be slow; a peer that stands still must end all the same.
PREPARE_SECONDS = 300
MEASURE_SECONDS = 120


def description(cell, data):
    """Everything that a peer must know of a cell."""
    plan = plan_of(cell)
    variant = VARIANTS[cell.variant]
    return {
        "data": str(data),
        "input_shape": cell.input_shape,
        "classes": CLASSES,
        "channels": cell.channels,
        "kernel_size": KERNEL_SIZE,
        "hidden": [cell.width] * cell.layers,
        "batch_norm": variant.get("norm") == "batch",
        "dropout": variant.get("dropout", 0.0),
        "activation": variant.get("activation", "relu"),
        "batch": cell.batch,
        "optimizer": OPTIMIZERS[cell.optimizer],
        "epochs_per_call": plan.epochs_per_call,
        "compared_epochs": COMPARED_EPOCHS,
    }


class Peer:
    """A running peer. It answers each line on its standard input with a line of JSON.

    It keeps what it has compiled, so that the rounds of a cell need no new process.
    """

    def __init__(self, name, cell, data, core):
        _, script = PEERS[name]
        self.errors = tempfile.TemporaryFile("w+")
        command = [sys.executable, "-B", FOLDER / script, json.dumps(description(cell, data))]
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            # A library counts the cores when it starts its threads.
            preexec_fn=lambda: os.sched_setaffinity(0, [core]),
            # A separate process group, so that child processes are stopped too.
            start_new_session=True,
        )

    def wait_until_ready(self):
        """The losses of the first epochs, and the versions of the libraries."""
        return self.answer(PREPARE_SECONDS)

    def ask(self, seconds):
        """Starts a measurement of about so many seconds; `answer` has the result."""
        try:
            self.process.stdin.write(f"{seconds}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self.fail("ended early")

    def answer(self, limit_seconds=MEASURE_SECONDS):
        if not select.select([self.process.stdout], [], [], limit_seconds)[0]:
            self.fail(f"ran past {limit_seconds} s")
        if not (line := self.process.stdout.readline()):
            self.fail("ended early")
        return json.loads(line)

    def fail(self, reason):
        self.end()
        self.errors.seek(0)
        raise process.Failed(process.with_tail(reason, self.errors))

    def end(self):
        process.kill(self.process.pid)
        self.process.wait()

    def stop(self):
        """Ends the process, which may have ended already, and closes its files."""
        self.end()
        for file in (self.process.stdin, self.process.stdout, self.errors):
            with suppress(BrokenPipeError):
                file.close()
