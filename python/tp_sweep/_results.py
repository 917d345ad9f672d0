"""The results of a sweep."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._cv_results import cv_results
from ._figure import Figure
from ._frames import Frame, FrameLibrary, read_csv, rows
from ._page import Page
from ._program import call
from ._tensorboard import show_tensorboard

if TYPE_CHECKING:
    from torch.nn import Module

    from ._sweep import Sweep


class Results:
    """The results of a sweep: tables, figures, the report, trained models.

    Returned by :func:`tp_sweep.run` and :meth:`tp_sweep.Sweep.results`.
    """

    def __init__(self, sweep: Sweep, output: str) -> None:
        """Keeps the output of ``tp-sweep run`` or ``report``, which ends with the paths of the report."""
        self._sweep = sweep
        paths = re.findall(r"^.*\.csv$", output, flags=re.MULTILINE)
        if not paths:
            raise ValueError(f"unexpected output of tp-sweep: {output!r}")
        #: The report as CSV, one row per trial.
        self.csv_path = Path(paths[-1])
        #: The name of the sweep.
        self.name = self.csv_path.stem
        #: The summary and the best trials, as the program prints them.
        self.summary = re.split(r"^.*\.md$", output, maxsplit=1, flags=re.MULTILINE)[0].strip()
        #: The folder of the results, which TensorBoard reads.
        self.folder = sweep.runs / self.name

    def __repr__(self) -> str:
        return f"Results({self.name!r})"

    def __str__(self) -> str:
        return self.summary

    def _repr_html_(self) -> str:
        from html import escape

        return f'<pre style="font-family: monospace; white-space: pre-wrap">{escape(self.summary)}</pre>'

    def trials(self, frame: FrameLibrary | None = None) -> Frame:
        """One row per trial, best first: factors (``param_…``), means, deviations, time, memory.

        docs/report.md describes the columns.

        Args:
            frame: ``"pandas"`` or ``"polars"``; by default, the one that is installed, pandas first.
        """
        return read_csv(self.csv_path.read_bytes(), frame)

    def runs(self, frame: FrameLibrary | None = None) -> Frame:
        """One row per run: trial, repeat, fold, factors, and every score on the validation and the test samples."""
        return read_csv(self._table("runs"), frame)

    def epochs(self, frame: FrameLibrary | None = None) -> Frame:
        """One row per epoch of each run: losses, accuracies, learning rate, gradient norms, seconds."""
        return read_csv(self._table("epochs"), frame)

    def _table(self, kind: str) -> bytes:
        with self._sweep.arguments() as arguments:
            return call(["table", *arguments, kind, f"--runs={self._sweep.runs}"]).encode()

    def best(self) -> dict[str, Any]:
        """The row of the best trial: its columns by name, without those that have no value.

        Raises:
            LookupError: No trial is ranked: runs are missing or failed, or nothing is held out for validation.
        """
        for row in rows(self.csv_path.read_bytes()):
            if row.get("rank") is not None:
                return {name: value for name, value in row.items() if value is not None}
            break
        raise LookupError(f"the sweep {self.name} has no best trial")

    @property
    def cv_results_(self) -> dict[str, list[Any]]:
        """The trials in the form of scikit-learn's ``GridSearchCV.cv_results_``.

        scikit-learn calls the validation scores ``test`` scores. ``std_test_score`` is the sample standard deviation
        (divisor n - 1), as everywhere in tp-sweep; scikit-learn uses n.
        """
        return cv_results(rows(self.csv_path.read_bytes()))

    def figures(self) -> list[str]:
        """The names of the figures of the report."""
        return sorted(path.stem for path in self.csv_path.with_suffix("").glob("*.svg"))

    def figure(self, name: str) -> Figure:
        """A figure of the report, such as ``"learning-curves"`` or ``"main-effects"``, which notebooks show.

        Raises:
            LookupError: The report has no figure of this name; the message lists those that it has.
        """
        if name not in self.figures():
            raise LookupError(f"no figure {name}; the report has {', '.join(self.figures())}")
        return Figure(self.csv_path.with_suffix("") / f"{name}.svg")

    def report(self, height: int = 800) -> Page:
        """The report as a page, which notebooks show inline.

        Args:
            height: The height of the frame, in pixels.
        """
        return Page(self.csv_path.with_suffix(".html"), height)

    def tensorboard(self) -> Page | None:
        """Shows TensorBoard inline in a notebook, if it is installed; otherwise returns the report.

        Reuses a TensorBoard server that already shows this folder.
        """
        return None if show_tensorboard(self.folder) else self.report()

    def load_model(self, trial: str | None = None, *, repeat: int = 0, fold: int = 0) -> Module:
        """A trained model as a ``torch.nn.Module`` in evaluation mode, with its normalisation as first layer.

        Its input is the data before normalisation: for images, a tensor of bytes or of floats from 0 to 255,
        ``[samples, channels, height, width]``; for tables, ``[samples, features]``. Its output is the logits,
        ``[samples, classes]``.

        Args:
            trial: The name of a trial whose weights were kept; by default, the chosen one.
            repeat: The repeat of the run.
            fold: The fold of the run.

        Raises:
            ImportError: ``torch`` or ``safetensors`` is not installed.
            TpSweepError: The weights were not kept.
        """
        from ._torch import load

        with tempfile.TemporaryDirectory() as folder, self._sweep.arguments() as arguments:
            model = Path(folder, "model")
            options = [f"--runs={self._sweep.runs}", f"--output={model}"]
            options += [f"--repeat={repeat}", f"--fold={fold}"]
            if trial is not None:
                options.append(f"--trial={trial}")
            call(["export", *arguments, *options])
            return load(model)
