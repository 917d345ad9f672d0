"""Measures one cell: all programs in turn, in several rounds."""

import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import process
from space import tp_sweep_step
from space.peers import Peer
from space.plan import plan_of
from space.samples import write_samples


def measure_cell(cell, options):
    """What the results keep of a cell: for each program its rounds, its median and its losses.

    A program that fails is left out of later rounds, and has a message instead.
    """
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        data = Path(folder)
        write_samples(data, cell.input_shape, plan_of(cell).samples)
        programs, failures = {}, {}
        if options.tp_sweep:
            programs["tp_sweep"] = TpSweep(options.binary, cell, data, options.pinned)
        for name in options.peers:
            try:
                programs[name] = stack.enter_context(Copies(name, cell, data, options.pinned))
            except process.Failed as failure:
                failures[name] = str(failure)
        rounds = {name: [] for name in programs}
        for _ in range(options.rounds):
            for name in [name for name in programs if name not in failures]:
                try:
                    rounds[name].append(programs[name].measure(options.seconds))
                except process.Failed as failure:
                    failures[name] = str(failure)
        measured = {
            name: summary(rounds[name], programs[name]) for name in rounds if name not in failures
        }
        return {"factors": cell.factors, "programs": measured, "failures": failures}


def summary(lines, program):
    """The medians over the rounds."""
    keys = [key for key in ("step_seconds", "epoch_step_seconds") if key in lines[0]]
    medians = {key: statistics.median(line[key] for line in lines) for key in keys}
    return medians | {
        "busy_elsewhere": statistics.median(line["busy_elsewhere"] for line in lines),
        "losses": program.losses,
        "versions": program.versions,
        "rounds": lines,
    }


class TpSweep:
    """The real binary, which starts anew in each round; a copy on each core."""

    versions = {}

    def __init__(self, binary, cell, data, cores):
        self.binary, self.cell, self.data, self.cores = binary, cell, data, cores
        self.losses = []

    def measure(self, _seconds):
        with ThreadPoolExecutor(len(self.cores)) as pool:
            lines = list(pool.map(self.on_core, self.cores))
        self.losses = lines[0].pop("losses")
        line = {key: statistics.mean(each[key] for each in lines) for key in lines[0]}
        # The other copies are not a disturbance.
        line["busy_elsewhere"] = max(0.0, line["busy_elsewhere"] - (len(self.cores) - 1))
        return line

    def on_core(self, core):
        return tp_sweep_step.measure(self.binary, self.cell, self.data, core)


class Copies:
    """A peer as a running process on each core, all measured at the same time."""

    def __init__(self, name, cell, data, cores):
        self.peers = []
        try:
            for core in cores:
                self.peers.append(Peer(name, cell, data, core))
            ready = [peer.wait_until_ready() for peer in self.peers]
        except BaseException:
            self.stop()
            raise
        self.losses = ready[0]["losses"]
        self.versions = ready[0]["versions"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        for peer in self.peers:
            peer.stop()

    def measure(self, seconds):
        busy_before, started = process.busy_seconds(), time.monotonic()
        for peer in self.peers:
            peer.ask(seconds)
        lines = [peer.answer() for peer in self.peers]
        own = sum(line["cpu_seconds"] for line in lines)
        elsewhere = process.busy_seconds() - busy_before - own
        return {
            "step_seconds": statistics.mean(line["step_seconds"] for line in lines),
            "calls": lines[0]["calls"],
            "busy_elsewhere": max(0.0, elsewhere) / (time.monotonic() - started),
        }
