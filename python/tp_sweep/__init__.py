"""Run grids of small neural networks from Python, and read their results.

    import tp_sweep

    results = tp_sweep.run("sweeps/axe2.yaml", set={"training.epochs": 5})
    results.trials()                    # one row per trial, best first (pandas or polars)
    results.figure("learning-curves")   # an SVG
    results.report()                    # the HTML page, inline in a notebook

This module calls the program ``tp-sweep`` and reads the files that it writes. It computes nothing itself.
"""

from ._compare import compare
from ._errors import ResultsMissingError, TpSweepError
from ._figure import Figure
from ._page import Page
from ._program import program, version
from ._results import Results
from ._sweep import Sweep, run

__all__ = [
    "Figure",
    "Page",
    "Results",
    "ResultsMissingError",
    "Sweep",
    "TpSweepError",
    "compare",
    "program",
    "run",
    "version",
]
