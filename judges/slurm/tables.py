"""Holds the tables of two reports of one sweep against each other: CSV and Markdown.

    tables.py REPORT OTHER        the paths of their files, without extension

All is compared as text but for what a clock or the allocator has measured. Left out of the CSV are the
columns of UNLIKE. Left out of the Markdown are the columns `s/epoch` and `peak MiB` of every table, the
sign ◆ in `mark` (the Pareto front of score, seconds and memory), the section that has that front, the
fastest trial and the training time of more repeats in the summary, and how many steps were timed, with
which standard error.
"""

import csv
import re
import sys
from pathlib import Path

UNLIKE = {
    "mean_fit_time",
    "std_fit_time",
    "mean_seconds_per_epoch",
    "profile_seconds_per_epoch",
    "profile_relative_error",
    "profile_peak_bytes",
    "pareto",
}
UNLIKE_COLUMNS = {"s/epoch", "peak MiB"}
UNLIKE_SECTION = "## Accuracy, speed and memory"
UNLIKE_LINE = "- Fastest of these: "
UNLIKE_TEXT = re.compile(
    r"Each measurement times \d+( to \d+)? steps"
    r"|\([^()]* of training\)"
    r"|\(`profile_relative_error`\) is [\d.]+( to [\d.]+)? %"
)


def of_csv(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    missing = UNLIKE - set(rows[0])
    if missing:
        sys.exit(f"{path} has no column {', '.join(sorted(missing))}: mend tables.py")
    kept = [n for n, column in enumerate(rows[0]) if column not in UNLIKE]
    return [[row[n] for n in kept] for row in rows]


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def of_markdown(path):
    rows, header, skipped = [], None, False
    for line in Path(path).read_text().splitlines():
        if line.startswith("## "):
            skipped = line == UNLIKE_SECTION
        if skipped or line.startswith(UNLIKE_LINE):
            continue
        if not line.startswith("|"):
            header = None
            rows.append([UNLIKE_TEXT.sub("", line)])
            continue
        row = cells(line)
        if header is None:
            header = row
        if set("".join(row)) <= set("-:"):
            # The ruler under a header is as wide as the widest number.
            continue
        row = dict(zip(header, row)) if len(set(header)) == len(header) else dict(enumerate(row))
        if "mark" in row:
            row["mark"] = row["mark"].replace("◆", "").strip()
        rows.append([cell for column, cell in row.items() if column not in UNLIKE_COLUMNS])
    return rows


def main(report, other):
    compared = 0
    for extension, read in [("csv", of_csv), ("md", of_markdown)]:
        ours, theirs = (read(f"{path}.{extension}") for path in (report, other))
        for number, (a, b) in enumerate(zip(ours, theirs), 1):
            if a != b:
                pairs = [(x, y) for x, y in zip(a, b) if x != y]
                sys.exit(f".{extension}, row {number}: {pairs[0] if pairs else (a, b)}")
        if len(ours) != len(theirs):
            sys.exit(f".{extension}: {len(ours)} rows and {len(theirs)}")
        compared += sum(map(len, ours))
    print(f"{compared} cells and lines")


main(*sys.argv[1:])
