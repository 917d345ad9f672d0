"""Measures one sweep: all programs in turn, in several rounds."""

import statistics
import tempfile
from pathlib import Path

import process
import programs as paths
from sweeps.programs import TP_SWEEP, TP_SWEEP_OPTIONS, run_peer, run_tp_sweep
from sweeps.runs import run_list


def measure_case(case, options, report=print):
    """What the results keep of a sweep: each program's summary, and the failures.

    A peer that fails is left out of later rounds, and has a message instead. tp-sweep is first,
    since its results tell the peers what to train.
    """
    names = [*TP_SWEEP_OPTIONS, *(peer for peer in options.peers if peer in case.peers)]
    lines, failures, runs = {name: [] for name in names}, {}, None
    with tempfile.TemporaryDirectory() as folder:
        file = case.sweep_file(paths.ROOT, Path(folder))
        for number in range(options.rounds):
            for name in in_turn(names, number):
                if name in failures:
                    continue
                try:
                    if name in TP_SWEEP_OPTIONS:
                        line, results = run_tp_sweep(
                            name, options.binary, file, options.overrides, options.pinned
                        )
                        runs = runs or run_list(results)
                    else:
                        line = run_peer(name, runs, options.pinned)
                except process.Failed as failure:
                    # Without tp-sweep there is nothing to compare with.
                    if name == TP_SWEEP:
                        raise
                    failures[name] = str(failure)
                    report(f"{case.name}: {name} failed: {failure}")
                    continue
                lines[name].append(line)
                report(f"{case.name}, round {number + 1}: {name} {line['seconds']:.2f} s")
    measured = {name: summary(lines[name]) for name in names if name not in failures}
    return {"runs": len(runs), "programs": measured, "failures": failures}


def in_turn(names, number):
    """Every other round is in reverse order, so that no program is always before another."""
    return names if number % 2 == 0 else names[::-1]


def summary(lines):
    """Medians over the rounds; accuracies are those of the first, which later rounds repeat."""
    medians = {
        key: statistics.median(line[key] for line in lines)
        for key in ("seconds", "peak_bytes", "busy_elsewhere")
    }
    kept = {key: lines[0][key] for key in ("mean_accuracy", "accuracies", "unlike", "versions")}
    rounds = [{key: line[key] for key in medians} for line in lines]
    return medians | kept | {"rounds": rounds}
