"""Compares the results of sweeps/parity.yaml with PyTorch's figures; needs Python alone.

    judges/parity/compare.py [--runs FOLDER] [--page FILE]

Writes the page and prints its tables. Exit codes: 0 all rows agree; 1 one does not; 2 results are
missing, or are those of other settings.
"""

import argparse
import json
import re
import sys
from math import sqrt
from pathlib import Path
from statistics import mean, stdev

ROOT = Path(__file__).resolve().parents[2]
# The minimum of the allowed difference: a deviation over three seeds can be small by chance.
LEAST_POINTS = 0.15
LEAST_LOSS = 0.01
# The share of the test set's most frequent class: what a network of zeros answers.
ZERO_ACCURACY = "11.35"

INTRODUCTION = """\
# Parity with PyTorch

PyTorch {torch} and tp-sweep trained the same twelve networks on all 60,000 training samples of MNIST
(tp-sweep on `{devices}`). To repeat the comparison, run

    judges/parity/run.sh

It trains [`sweeps/parity.yaml`](../sweeps/parity.yaml), compares the results and writes this page.
PyTorch's results and settings are in [`judges/parity/pytorch.json`](../judges/parity/pytorch.json);
`judges/parity/pytorch.py` computes them again.

The programs draw different random numbers, so single runs differ. The tables compare means over
seeds (mean ± standard deviation, n − 1). The allowed difference is 3·√(s₁²/n₁ + s₂²/n₂), three
standard errors of the difference, but at least {points} points of accuracy and {loss} of loss. With
three to five seeds, this detects large differences only;
[`judges/pytorch`](../judges/pytorch/README.md) compares single steps. Networks that start from zeros
learn only the frequencies of the classes: each run must have an accuracy of exactly {zero} %.
"""


class Missing(Exception):
    """Results that cannot be compared."""


class Sample:
    """A number of each seed, by its mean and deviation."""

    def __init__(self, mean, sd, count):
        self.mean, self.sd, self.count = mean, sd, count

    @classmethod
    def of(cls, values):
        return cls(mean(values), stdev(values), len(values))

    def text(self, digits):
        return f"{self.mean:.{digits}f} ± {self.sd:.{digits}f}"


def folder(row):
    """The name that tp-sweep gives the trial of a row."""
    return "row-" + re.sub(r"[^A-Za-z0-9.+-]", "-", row)


def name_of(value):
    """A choice with options, `{name: {…}}`, by its name alone."""
    return next(iter(value)) if isinstance(value, dict) and len(value) == 1 else value


def check(row, result, path):
    """A result counts only if it is whole and that of the row's settings."""
    if result["failure"] is not None or result["test"] is None:
        raise Missing(f"{path}: the run failed")
    settings = row["settings"] | {"validation.holdout": 0}
    for key, expected in settings.items():
        section, name = key.split(".")
        # Left out, or null, is the default; only settings that are there can disagree.
        found = name_of(result["config"][section].get(name, expected))
        if found != expected:
            raise Missing(f"{path}: {key} is {found}, not {expected}")
    if result["config"]["data"].get("limit") is not None:
        raise Missing(f"{path}: not trained on all samples")


def results(runs, row):
    """The results of a row, one for each seed."""
    paths = sorted((runs / folder(row["id"])).glob("*/result.json"))
    found = [json.loads(path.read_text())["result"] for path in paths]
    for path, result in zip(paths, found):
        check(row, result, path)
    if len(found) != row["seeds"]:
        where = runs / folder(row["id"])
        raise Missing(f"{where}: {len(found)} results, not {row['seeds']}")
    return found


def line(row, theirs, ours, least, digits, exact=True):
    """The cells of a row, and whether it agrees."""
    difference = ours.mean - theirs.mean
    error = sqrt(theirs.sd**2 / theirs.count + ours.sd**2 / ours.count)
    allowed = max(3 * error, least)
    agrees = exact and abs(difference) <= allowed
    cells = [
        f"`{row['id']}`", str(ours.count), theirs.text(digits), ours.text(digits),
        f"{difference:+.{digits}f}", f"{allowed:.{digits}f}", "yes" if agrees else "**no**",
    ]
    return cells, agrees


def compare(row, found):
    """The accuracy's and the loss's lines."""
    reference = row["test_accuracy"]
    theirs = Sample(reference["mean"], reference["sd"], row["seeds"])
    accuracies = [100 * result["test"]["accuracy"] for result in found]
    zeros = row["settings"]["model.init"] == "zeros"
    exact = not zeros or all(f"{value:.2f}" == ZERO_ACCURACY for value in accuracies)
    accuracy = line(row, theirs, Sample.of(accuracies), LEAST_POINTS, 2, exact)

    reference = row["train_loss"]
    theirs = Sample(reference["mean"], reference["sd"], row["seeds"])
    losses = [result["epochs"][result["final_epoch"] - 1]["train_loss"] for result in found]
    loss = line(row, theirs, Sample.of(losses), LEAST_LOSS, 4)
    return accuracy, loss


def table(rows):
    titles = ["row", "seeds", "PyTorch", "tp-sweep", "difference", "allowed", "within"]
    rule = ["---"] + ["---:"] * 5 + ["---"]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in [titles, rule, *rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=Path, default=ROOT / "runs" / "parity")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "parity.md")
    options = parser.parse_args()

    reference = json.loads((ROOT / "judges" / "parity" / "pytorch.json").read_text())
    accuracies, losses, outside, devices = [], [], [], set()
    try:
        for row in reference["rows"]:
            found = results(options.runs, row)
            accuracy, loss = compare(row, found)
            accuracies.append(accuracy[0])
            losses.append(loss[0])
            devices |= {result["device"] for result in found}
            outside += [row["id"]] * (not (accuracy[1] and loss[1]))
    except Missing as missing:
        print(f"{missing}; run judges/parity/run.sh", file=sys.stderr)
        return 2

    count = len(reference["rows"])
    verdict = f"{count - len(outside)} of {count} rows are within the allowed difference in both tables."
    tables = (
        f"{verdict}\n\n## Test accuracy, in percent\n\n{table(accuracies)}"
        f"\n## Training loss of the last epoch\n\n{table(losses)}"
    )
    introduction = INTRODUCTION.format(
        torch=reference["torch"].split("+")[0], devices="` and `".join(sorted(devices)),
        points=LEAST_POINTS, loss=LEAST_LOSS, zero=ZERO_ACCURACY,
    )
    options.page.write_text(f"{introduction}\n{tables}")
    print(tables, end="")
    if outside:
        print(f"outside the allowed difference: {', '.join(outside)}", file=sys.stderr)
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main())
