"""Every test trains in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

import tp_sweep

#: A grid of 4 trials and 8 runs, a fraction of a second.
SWEEP = {
    "name": "small",
    "data": {"set": "mnist", "limit": 400},
    "model": {"width": 16},
    "training": {"epochs": 2},
    "validation": {"folds": 2},
    "grid": {"model.activation": ["relu", "tanh"], "training.learning_rate": [0.1, 0.01]},
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def results() -> tp_sweep.Results:
    """The results of the small grid."""
    return tp_sweep.run(SWEEP, device="cpu")
