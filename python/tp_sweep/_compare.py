"""Compares the results of several sweeps."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ._page import Page
from ._program import call
from ._results import Results


def compare(
    *sweeps: Results | str | os.PathLike[str],
    name: str = "course",
    runs: str | os.PathLike[str] = "runs",
    reports: str | os.PathLike[str] = "reports",
) -> Page:
    """Puts sweeps side by side, as ``tp-sweep compare`` does; returns the page, which notebooks show inline.

    Sweeps without results are left out.

    Args:
        sweeps: Results, sweep files, or folders of results such as ``runs/axe1``.
        name: The name of the report.
        runs: The folder of the results of the sweep files.
        reports: The folder of the report.

    Raises:
        ResultsMissingError: No sweep has results.
        TpSweepError: A sweep is invalid.
    """
    sources = [str(sweep.folder) if isinstance(sweep, Results) else os.fspath(sweep) for sweep in sweeps]
    options = [f"--name={name}", f"--runs={os.fspath(runs)}", f"--reports={os.fspath(reports)}"]
    output = call(["compare", *options, "--", *sources], partial=True)
    pages = re.findall(r"^.*\.html$", output, flags=re.MULTILINE)
    return Page(Path(pages[-1]))
