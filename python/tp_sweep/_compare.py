"""Compares the results of several sweeps."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ._page import Page
from ._program import call
from ._results import Results
from ._sweep import Sweep


def compare(
    *sweeps: Results | Sweep | str | os.PathLike[str],
    name: str = "course",
    language: str | None = None,
    runs: str | os.PathLike[str] = "runs",
    reports: str | os.PathLike[str] = "reports",
    data: str | os.PathLike[str] | None = None,
) -> Page:
    """Puts sweeps side by side, as ``tp-sweep compare`` does; returns the page, which notebooks show inline.

    Sweep files without results are omitted.

    Args:
        sweeps: Results, sweeps, sweep files, or folders of results such as ``runs/axe1``.
        name: The name of the report.
        language: ``en`` or ``fr``; by default, the language of the first sweep.
        runs: The folder of the results of the sweep files.
        reports: The folder of the report.
        data: The folder of data sets; by default, as for :class:`Sweep`.

    Raises:
        TpSweepError: A sweep is invalid, or none has results.
    """

    def source(sweep: Results | Sweep | str | os.PathLike[str]) -> str:
        results = sweep.results() if isinstance(sweep, Sweep) else sweep
        return str(results.folder) if isinstance(results, Results) else os.fspath(results)

    sources = [source(sweep) for sweep in sweeps]
    options = [f"--name={name}", f"--runs={os.fspath(runs)}", f"--reports={os.fspath(reports)}"]
    if language is not None:
        options.append(f"--language={language}")
    if data is not None:
        options.append(f"--data={os.fspath(data)}")
    output = call(["compare", *options, "--", *sources], partial=True)
    pages = re.findall(r"^.*\.html$", output, flags=re.MULTILINE)
    return Page(Path(pages[-1]))
