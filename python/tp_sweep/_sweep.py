"""Sweeps: files or dictionaries that describe a grid."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ._program import call
from ._results import Results
from ._training import train

#: A sweep file, or a dictionary with its contents.
Source = str | os.PathLike[str] | Mapping[str, Any]


class Sweep:
    """A sweep: a YAML file, or a dictionary with the same keys.

    Args:
        source: The path of a sweep file, or a dictionary such as
            ``{"name": "widths", "grid": {"model.width": [32, 64]}}``.
        set: Overrides keys of the sweep, such as ``{"training.epochs": 1}``.
        runs: The folder of results.
        reports: The folder of reports.
        data: The folder of data sets; by default ``data``, here or above the sweep file, else the installation's.
    """

    def __init__(
        self,
        source: Source,
        *,
        set: Mapping[str, Any] | None = None,
        runs: str | os.PathLike[str] = "runs",
        reports: str | os.PathLike[str] = "reports",
        data: str | os.PathLike[str] | None = None,
    ) -> None:
        self._source = dict(source) if isinstance(source, Mapping) else Path(source)
        self._overrides = dict(set or {})
        self.runs = Path(runs)
        self.reports = Path(reports)
        self._data = data

    def __repr__(self) -> str:
        source = self._source if isinstance(self._source, dict) else str(self._source)
        return f"Sweep({source!r})"

    def plan(self) -> str:
        """What would be trained, as text.

        Raises:
            TpSweepError: The sweep is invalid; the message shows where.
        """
        with self.arguments() as arguments:
            return call(["plan", *arguments])

    def run(
        self,
        *,
        device: str = "auto",
        workers: int | None = None,
        progress: bool | None = None,
    ) -> Results:
        """Trains every run that has no result, and writes the report.

        Args:
            device: ``auto``, ``cpu``, ``cuda``, ``cuda:1``, ``vulkan`` or another value of ``--device``.
            workers: How many cohorts train at the same time; by default, one per core or one per GPU.
            progress: Whether to show the progress; by default, in notebooks and on terminals.

        Raises:
            TpSweepError: The sweep is invalid, or cannot start.
            KeyboardInterrupt: It was interrupted. Finished runs are kept; the same call resumes the rest.
        """
        with self.arguments() as sweep_arguments:
            arguments = [
                *sweep_arguments,
                f"--runs={self.runs}",
                f"--reports={self.reports}",
                f"--device={device}",
            ]
            if workers is not None:
                arguments.append(f"--workers={workers}")
            output = train(arguments, progress)
        return Results(self, output)

    def results(self) -> Results:
        """The results so far, without training. Writes the report again.

        Raises:
            ResultsMissingError: Nothing was trained yet.
            TpSweepError: The sweep is invalid.
        """
        with self.arguments() as arguments:
            folders = [f"--runs={self.runs}", f"--reports={self.reports}"]
            output = call(["report", *arguments, *folders], partial=True)
        return Results(self, output)

    @contextmanager
    def arguments(self) -> Iterator[list[str]]:
        """The arguments that name this sweep on the command line, while its file exists."""
        options = [f"--set={key}={_yaml(value)}" for key, value in self._overrides.items()]
        if self._data is not None:
            options.append(f"--data={os.fspath(self._data)}")
        if isinstance(self._source, Path):
            # A name such as `-x.yaml` is not an option.
            path = os.path.join(os.curdir, self._source) if str(self._source)[0] == "-" else self._source
            yield [*options, str(path)]
            return
        with tempfile.TemporaryDirectory() as folder:
            # JSON is YAML. The file's name is the sweep's name, unless it has one.
            path = Path(folder, "sweep.yaml")
            path.write_text(json.dumps(self._source, indent=2, ensure_ascii=False), encoding="utf-8")
            yield [*options, str(path)]


def _yaml(value: object) -> str:
    """A value as JSON, which is YAML. YAML has no surrogate pairs, as JSON's escapes have."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def run(
    sweep: Source | Sweep,
    *,
    set: Mapping[str, Any] | None = None,
    device: str = "auto",
    workers: int | None = None,
    runs: str | os.PathLike[str] = "runs",
    reports: str | os.PathLike[str] = "reports",
    data: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
) -> Results:
    """Trains every run of a sweep that has no result, writes the report, and returns the results.

    Args:
        sweep: A sweep file, a dictionary with its contents, or a :class:`Sweep`.

    The other arguments are those of :class:`Sweep` and :meth:`Sweep.run`.

    Raises:
        TpSweepError: The sweep is invalid, or cannot start.
        ValueError: ``sweep`` is a :class:`Sweep`, and one of ``set``, ``runs``, ``reports`` or ``data`` is given.
    """
    if not isinstance(sweep, Sweep):
        sweep = Sweep(sweep, set=set, runs=runs, reports=reports, data=data)
    elif set or data is not None or (runs, reports) != ("runs", "reports"):
        raise ValueError("give `set`, `runs`, `reports` and `data` to Sweep(…), not to run(Sweep(…))")
    return sweep.run(device=device, workers=workers, progress=progress)
