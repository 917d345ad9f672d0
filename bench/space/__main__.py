"""Measures the step of every cell in tp-sweep and its peers, and writes docs/benchmarks-space.md.

bench/space.sh makes the environment, builds, and runs this. Standard library only.
"""

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path

import machine
import process
import programs
from peers.cores import distinct_cores
from space import cells, filters, page
from space.machine_limits import measured_limits
from space.peers import PEERS
from space.results import Results
from space.rounds import measure_cell

RESULTS = programs.ROOT / "target" / "bench" / "space.json"
PAGE = programs.ROOT / "docs" / "benchmarks-space.md"


def main():
    options = arguments()
    process.end_children_at_sigterm()
    try:
        chosen = filters.selected(cells.all_cells(), options.only)
    except filters.UnknownFactor as error:
        sys.exit(str(error))
    if options.list:
        print("\n".join(cell.name for cell in chosen))
        return
    if options.page_only:
        values = json.loads(options.results.read_text())
    else:
        options.pinned = distinct_cores(options.cores)
        results = Results(options.results, settings(options), options.fresh)
        measure(chosen, options, results)
        values = results.values
    options.page.write_text(page.write(values))


def measure(chosen, options, results):
    values = results.values
    values["machine"] = machine.describe()
    if not values["limits"] or options.measure_limits:
        values["limits"] = measured_limits()
        results.write()
    names = (["tp_sweep"] if options.tp_sweep else []) + options.peers
    build = build_of(options)
    wanted = None if options.keep_builds else build
    missing = [cell for cell in chosen if not results.has(cell, names, wanted)]
    print(f"{len(chosen)} cells, {len(chosen) - len(missing)} of them measured before", flush=True)
    for number, cell in enumerate(missing, 1):
        # A cell keeps its programs, all measured in turn.
        peers = [peer for peer in PEERS if peer in {*options.peers, *results.programs(cell)}]
        tp_sweep = options.tp_sweep or "tp_sweep" in results.programs(cell)
        every = {**vars(options), "peers": peers, "tp_sweep": tp_sweep}
        measured = measure_cell(cell, argparse.Namespace(**every))
        results.add(cell, measured, build)
        print(f"{number}/{len(missing)} {cell.name}: {in_one_line(measured)}", flush=True)


def in_one_line(measured):
    """Microseconds per step of each program, and what failed."""
    times = [
        f"{name} {program['step_seconds'] * 1e6:.1f} µs"
        for name, program in measured["programs"].items()
    ]
    failures = [f"{name} failed: {why}" for name, why in measured["failures"].items()]
    return ", ".join(times + failures)


def settings(options):
    """Results with other settings cannot be compared. The number of measured cells may differ."""
    version = None
    if options.tp_sweep:
        try:
            version = process.run([options.binary, "--version"]).output.strip()
        except process.Failed as failure:
            sys.exit(f"tp-sweep does not run: {failure}. Give its path as --binary or $TP_SWEEP")
    return {
        "tp_sweep": version,
        "rounds": options.rounds,
        "cores": options.cores,
        "seconds": options.seconds,
    }


def build_of(options):
    """The build of tp-sweep, as a hash of its binary: two builds may have the same version."""
    if options.tp_sweep:
        return hashlib.sha256(options.binary.read_bytes()).hexdigest()[:12]
    return None


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench/space.sh",
        description="Measures the training step of a whole space of networks.",
    )
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="FILTER",
        help="cells that match one of these, such as optimizer=adam,width=64|256",
    )
    parser.add_argument("--list", action="store_true", help="list the cells, measure nothing")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", type=int, default=1, help="copies of a program, each on a core")
    parser.add_argument(
        "--seconds", type=float, default=0.3, help="duration of a peer's measurement in a round"
    )
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--no-tp-sweep", dest="tp_sweep", action="store_false")
    parser.add_argument(
        "--binary",
        type=Path,
        default=Path(os.environ.get("TP_SWEEP", programs.BINARY)),
        help="tp-sweep; default: $TP_SWEEP, else target/release/tp-sweep",
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="file to write and resume")
    parser.add_argument(
        "--keep-builds",
        action="store_true",
        help="keep results of other builds of tp-sweep instead of measuring these cells again",
    )
    parser.add_argument("--fresh", action="store_true", help="discard the results in this file")
    parser.add_argument("--measure-limits", action="store_true", help="measure the limits again")
    parser.add_argument("--page", type=Path, default=Path(os.environ.get("PAGE", PAGE)))
    parser.add_argument("--page-only", action="store_true", help="write the page, measure nothing")
    return parser.parse_args()


if __name__ == "__main__":
    main()
