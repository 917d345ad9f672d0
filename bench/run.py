"""Measures tp-sweep beside its peers in interleaved rounds and writes docs/benchmarks.md.

bench/run.sh makes the environment, builds, and runs this. A change of the machine's speed meets all
programs alike, since each round has every program once; medians over the rounds are what counts.
Standard library only.
"""

import argparse
import os
import sys
from pathlib import Path

import machine
import page
import process
import programs
import tp_sweep

RESULTS = programs.ROOT / "target" / "bench" / "results.json"
SWEEP = "sweeps/axe5.yaml"

# How often a measurement is made at most, where other programs disturb it.
TRIES = 3


def main():
    options = arguments()
    process.end_children_at_sigterm()
    chosen = [
        program
        for program in programs.all_programs(options.cohorts)
        if not options.only or program.name in options.only
    ]
    results = {
        "machine": machine.describe(),
        "rounds": options.rounds,
        "epochs": options.epochs,
        "programs": {program.name: [program.label, program.kind] for program in chosen},
        "measurements": [],
        "sweeps": [],
    }
    members = {
        (program.name, cores): fastest_members(program, cores)
        for program in chosen
        for cores in options.cores
    }
    for number in range(1, options.rounds + 1):
        for cores in options.cores:
            for program in chosen:
                line = measured(program, cores, options.epochs, members[program.name, cores])
                if line:
                    results["measurements"].append(line | {"round": number})
                    process.write_json(RESULTS, results)
        if not options.only:
            sweep = undisturbed(lambda: tp_sweep.whole_sweep(programs.BINARY, SWEEP, 2))
            results["sweeps"].append(sweep)
            process.write_json(RESULTS, results)
    Path(os.environ.get("PAGE", "docs/benchmarks.md")).write_text(page.write(results))


def arguments():
    parser = argparse.ArgumentParser(description="Measures tp-sweep beside its peers.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5, help="measured epochs of a program")
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument(
        "--cohorts", type=int, nargs="+", help="sizes of tp-sweep's cohorts; default: its choice"
    )
    parser.add_argument("--only", nargs="+", help="names of programs, for trying")
    return parser.parse_args()


def fastest_members(program, cores):
    """Of the numbers of models that a program may train as one, the fastest in a short try."""
    if len(program.members) == 1:
        return program.members[0]
    speeds = {}
    for members in program.members:
        if line := measured(program, cores, 1, members):
            speeds[members] = line["model_epochs_per_second"]
    return max(speeds, key=speeds.get, default=program.members[0])


def measured(program, cores, epochs, members):
    """A program's line under its name in the table, or None with a message."""
    try:
        line = undisturbed(lambda: program.measure(cores, epochs, members))
    except process.Failed as failure:
        print(f"{program.name} on {cores}: {failure}", file=sys.stderr)
        return None
    print(
        f"{program.name} on {cores}, K = {members or 1}: {line['model_epochs_per_second']:.3f} "
        f"model-epochs/s, others busy {line['busy_elsewhere']:.2f} cores",
        flush=True,
    )
    return line | {"program": program.name, "cores": cores}


def undisturbed(measure):
    """The measurement that others disturbed least, of as few as needed: a slow figure would
    flatter whoever it is compared with."""
    tries = []
    for _ in range(TRIES):
        tries.append(measure())
        if tries[-1]["busy_elsewhere"] <= process.DISTURBED_CORES:
            break
    return min(tries, key=lambda line: line["busy_elsewhere"])


if __name__ == "__main__":
    main()
