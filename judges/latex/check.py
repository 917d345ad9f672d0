"""Makes sweeps with names full of LaTeX's own signs, and reads their tables back from typeset pages.

    check.py sweeps FOLDER     writes FOLDER/names.yaml and FOLDER/foreign.yaml
    check.py reports FOLDER    typesets FOLDER/reports/*.tex and compares each cell
"""

import csv
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

# A factor's name is the header of its column.
FACTOR = r"size_of & the #1 {layer} \\ 100 %"

# Names of levels: LaTeX's signs, what would be ligatures, what follows the end of a row.
NAMES = [
    r"\textbf{x} & \\ 100 % of $x_1^2$ ~ #1",
    r"\end{tabular} \input{names} \\[1cm]",
    "[8, 4]", "*star", "[", "{unbalanced", "unbalanced}", "{[}", "^^41", r"C:\temp\new", "\\",
    "a--b---c", "–- -– — --", "''x''", "'x'", '"x"', '""', "``x``", "`", ",,x,,", "<<x>>", "<", "?`x !`x",
    "a_b^c~d|e", "<script>alert(1)</script>", "&amp;", "</title>", "-", "--", "- 1", "=1+1", "@x", "a/b:c;d!e?f",
    "ffi fl ffl", "é ß ñ Œ Ž ø å ç", "± × ÷ ° µ ² ½ § € … ‰ • ©", "≈ ★ ◆ → ≤ ≥ ≠ ∞ −", "α β γ δ ε η θ λ μ π σ φ ω Δ Σ Ω",
    "‘x’ “x”", "„x“ «x»", "a\u202eb\u200bc\u2066d",
]

# LaTeX's oldest encoding, OT1, draws underscores as lines, and has no such quotation marks.
NOT_IN_OT1 = "_„«»"

# Names with characters that pdfLaTeX does not have.
FOREIGN = ["日本", "\U0001f600", "Ж", "plain"]

PREAMBLES = {
    "pdflatex with T1": ("pdflatex", r"\usepackage[T1]{fontenc}\usepackage{lmodern}"),
    "pdflatex with OT1": ("pdflatex", r"\usepackage{lmodern}"),
    # With a table from glyphs to Unicode, of which pdfTeX needs none.
    "lualatex": ("lualatex", r"\protected\def\pdfglyphtounicode{\pdfextension glyphtounicode}"
                             r"\input{glyphtounicode}\pdfvariable gentounicode=1"),
    # As with babel's German, where a quotation mark is a command.
    "pdflatex with shorthands": ("pdflatex", r"""\usepackage[T1]{fontenc}\usepackage{lmodern}
        \begingroup\catcode`\"=\active\gdef"{\errmessage{a shorthand}}\endgroup
        \AtBeginDocument{\catcode`\"=\active}"""),
}

# One wide page, and columns far from each other, so that cells are words without a wide gap.
DOCUMENT = r"""\documentclass{article}
%s
\usepackage[paperwidth=400cm,paperheight=200cm,margin=1cm]{geometry}
\usepackage{booktabs}
\setlength{\tabcolsep}{2cm}\setlength{\parindent}{0pt}\pagestyle{empty}
\begin{document}
\input{%s}
\end{document}
"""

# Points between words of different cells: far more than between words of one.
GAP = 60

checked = 0


def check(condition, what):
    global checked
    checked += 1
    if not condition:
        sys.exit(f"FAILED: {what}")


def sweep(names, factor):
    """Trials as small as can be, which differ in their width."""
    levels = {name: {"model.width": width} for width, name in enumerate(names, 1)}
    return json.dumps({
        "data": {"limit": 200}, "training": {"epochs": 1}, "validation": {"folds": 2},
        "grid": {factor: levels}, "report": {"formats": ["latex"]},
    })


def cells(pdf):
    """The cells of each row on a page, from the places of its words."""
    text = subprocess.run(["pdftotext", "-bbox", pdf, "-"], check=True, capture_output=True).stdout.decode()
    words = [(float(word.get("yMin")) / 2 + float(word.get("yMax")) / 2, float(word.get("xMin")), float(word.get("xMax")), word.text)
             for word in ElementTree.fromstring(text).iter("{http://www.w3.org/1999/xhtml}word")]
    rows, last = [], None
    for y, *word in sorted(words):
        if last is None or y - last > 6:
            rows.append([])
            last = y
        rows[-1].append(word)
    for row in rows:
        row.sort()
        found, end = [], None
        for left, right, word in row:
            if end is None or left - end > GAP:
                found.append(word)
            else:
                found[-1] += (" " if left - end > 1 else "") + word
            end = right
        yield found


def plain(text, lacks=""):
    """Text as fonts have it: without invisible signs, spaces and what an encoding lacks, letters of formulas as
    letters, and one form of each sign that LaTeX's fonts have in another."""
    text = "".join(c for c in text if unicodedata.category(c) != "Cf" and c not in lacks)
    text = unicodedata.normalize("NFKC", text.replace("⋆", "★").replace("⋄", "◆").replace("\u0338=", "≠").replace("∆", "Δ").replace("ˆ", "^").replace("˜", "~"))
    return re.sub(r"\s", "", text)


def typeset(folder, label, report):
    """The rows of the page, and the errors and missing characters of the log."""
    engine, preamble = PREAMBLES[label]
    name = f"{report.stem}-{label.replace(' ', '-')}".replace("'", "")
    (folder / f"{name}.tex").write_text(DOCUMENT % (preamble, report.name))
    subprocess.run([engine, "-interaction=nonstopmode", "-no-shell-escape", f"{name}.tex"], cwd=folder, stdout=subprocess.DEVNULL)
    log = (folder / f"{name}.log").read_text(errors="replace").replace("\n", " ")
    return list(cells(folder / f"{name}.pdf")), re.findall(r"! .{0,80}|Missing character.{0,60}", log)


def names(reports):
    trials = list(csv.DictReader((reports / "names.csv").read_text().splitlines()))
    check({trial[f"param_{FACTOR}"] for trial in trials} == set(NAMES), "the CSV has the names as they are")
    for label in PREAMBLES:
        rows, complaints = typeset(reports, label, reports / "names.tex")
        lacks = NOT_IN_OT1 if "OT1" in label else ""
        complaints = [line for line in complaints if not (lacks and "unavailable in encoding OT1" in line)]
        check(not complaints, f"{label}: {complaints}")
        check(len(rows) == len(trials) + 1, f"{label}: {len(rows)} rows for {len(trials)} trials")
        header = rows[0]
        check(plain(header[1]) == plain(FACTOR, lacks), f"{label}: the header {header[1]!r}")
        for row, trial in zip(rows[1:], trials):
            name = trial[f"param_{FACTOR}"]
            check(plain(row[1]) == plain(name, lacks), f"{label}: {row[1]!r} for {name!r}")
            mean, deviation = (100 * float(trial[f"{kind}_val_accuracy"]) for kind in ["mean", "std"])
            check(plain(row[2]) == f"{mean:.2f}±{deviation:.2f}", f"{label}: {row[2]!r} for {mean} ± {deviation}")


def foreign(reports):
    """What pdfLaTeX does not have is named at the top of the file; what it has is typeset nonetheless."""
    text = (reports / "foreign.tex").read_text()
    comments = "".join(line for line in text.splitlines() if line.startswith("%"))
    for character in "日本😀Ж":
        check(character in comments, f"{character} is named: {comments}")
    rows, _ = typeset(reports, "pdflatex with T1", reports / "foreign.tex")
    check(any(row[1:2] == ["plain"] for row in rows), "the row of a plain name is typeset")


def main(task, folder):
    folder = Path(folder)
    if task == "sweeps":
        (folder / "names.yaml").write_text(sweep(NAMES, FACTOR))
        (folder / "foreign.yaml").write_text(sweep(FOREIGN, "size"))
    else:
        names(folder / "reports")
        foreign(folder / "reports")
        print(f"LaTeX: {checked} passed, 0 failed")


main(*sys.argv[1:])
