"""Measures whole sweeps in tp-sweep and its peers, and writes docs/benchmarks-sweeps.md.

bench/sweeps.sh makes the environment, builds, and runs this. Standard library only.
"""

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path

import machine
import process
import programs as paths
from peers.cores import distinct_cores
from sweeps import agreement, page
from sweeps.cases import CASES
from sweeps.programs import SCRIPTS
from sweeps.rounds import measure_case
from sweeps.runs import Unsupported

RESULTS = paths.ROOT / "target" / "bench" / "sweeps.json"
PAGE = paths.ROOT / "docs" / "benchmarks-sweeps.md"


def main():
    options = arguments()
    process.end_children_at_sigterm()
    results = json.loads(options.results.read_text()) if options.page_only else measure(options)
    options.page.write_text(page.write(results))
    if problems := list(agreement.problems(results)):
        sys.exit("\n".join(problems))


def measure(options):
    options.pinned = distinct_cores(options.cores)
    try:
        version = process.run([options.binary, "--version"]).output.strip()
    except process.Failed as failure:
        sys.exit(f"tp-sweep does not run: {failure}. Give its path as --binary or $TP_SWEEP")
    settings = {
        "machine": machine.describe(),
        "tp_sweep": version,
        "binary_sha256": hashlib.sha256(options.binary.read_bytes()).hexdigest()[:12],
        "rounds": options.rounds,
        "cores": options.cores,
        "overrides": options.overrides,
    }
    results = settings | {"sweeps": measured_before(options.results, settings)}
    for case in CASES:
        if case.name not in options.only:
            continue
        try:
            results["sweeps"][case.name] = measure_case(case, options, report)
        except (process.Failed, Unsupported) as failure:
            sys.exit(f"{case.name}: {failure}")
        process.write_json(options.results, results)
    return results


def measured_before(path, settings):
    """The sweeps of an earlier call with these settings."""
    if not path.exists():
        return {}
    found = json.loads(path.read_text())
    sweeps = found.pop("sweeps", {})
    return sweeps if found == settings else {}


def report(line):
    print(line, flush=True)


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench/sweeps.sh",
        description="Measures whole sweeps in tp-sweep and its peers.",
    )
    names = [case.name for case in CASES]
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="these sweeps")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", type=int, default=2, help="cores, and workers of each program")
    parser.add_argument("--peers", nargs="*", choices=SCRIPTS, default=list(SCRIPTS))
    parser.add_argument(
        "--set",
        dest="overrides",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override a key of the sweep files for all programs, for trying (repeatable)",
    )
    parser.add_argument(
        "--binary",
        type=Path,
        default=Path(os.environ.get("TP_SWEEP", paths.BINARY)),
        help="tp-sweep; default: $TP_SWEEP, else target/release/tp-sweep",
    )
    parser.add_argument(
        "--results",
        type=Path,
        default=RESULTS,
        help="file to write; sweeps of the same settings in it are kept",
    )
    parser.add_argument("--page", type=Path, default=Path(os.environ.get("PAGE", PAGE)))
    parser.add_argument("--page-only", action="store_true", help="write the page, measure nothing")
    return parser.parse_args()


if __name__ == "__main__":
    main()
