"""The results of a sweep, compared with the files that the program wrote."""

from __future__ import annotations

import csv
import json
import shlex
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from conftest import SWEEP

import tp_sweep

pandas = pytest.importorskip("pandas")


def result_files(results: tp_sweep.Results) -> dict[tuple[str, int], dict[str, Any]]:
    """Each run's result.json, by trial and fold."""
    files = results.folder.glob("*/fold-*/result.json")
    runs = [json.loads(path.read_text())["result"] for path in files]
    return {(run["trial"], run["fold"]): run for run in runs}


def test_trials_are_the_rows_of_the_report(results: tp_sweep.Results) -> None:
    trials = results.trials()
    with open("reports/small.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(trials.columns) == list(rows[0])
    assert list(trials["trial"]) == [row["trial"] for row in rows]
    assert len(trials) == 4
    assert results.best()["trial"] == rows[0]["trial"]
    assert results.best()["mean_val_accuracy"] == float(rows[0]["mean_val_accuracy"])


def test_runs_and_epochs_are_those_on_disk(results: tp_sweep.Results) -> None:
    files = result_files(results)
    runs = results.runs()
    assert len(runs) == len(files) == 8
    for row in runs.to_dict("records"):
        file = files[row["trial"], row["fold"]]
        assert row["val_accuracy"] == file["validation"]["accuracy"]
        assert row["test_macro_f1"] == file["test"]["macro_f1"]
        assert row["param_model.activation"] == file["config"]["model"]["activation"]
    epochs = results.epochs()
    assert len(epochs) == 16
    for row in epochs.to_dict("records"):
        epoch = files[row["trial"], row["fold"]]["epochs"][row["epoch"] - 1]
        assert row["train_loss"] == epoch["train_loss"]
        assert row["val_accuracy"] == epoch["val_accuracy"]


def test_polars_and_pandas_have_the_same_values(results: tp_sweep.Results) -> None:
    pytest.importorskip("polars")
    for table in (results.trials, results.runs, results.epochs):
        ours, theirs = table("polars"), table("pandas")
        assert ours.columns == list(theirs.columns)
        for name in ours.columns:
            values = theirs[name].astype(object).where(theirs[name].notna(), None)
            assert ours[name].to_list() == list(values), name


def test_a_level_called_na_is_a_value() -> None:
    levels = {"NA": {"model.width": 4}, "None": {"model.width": 8}}
    results = tp_sweep.run(SWEEP, set={"grid": {"kind": levels}}, device="cpu")
    assert set(results.trials()["param_kind"]) == {"NA", "None"}


def test_cv_results_have_scikit_learn_s_names(results: tp_sweep.Results) -> None:
    found = results.cv_results_
    assert {len(values) for values in found.values()} == {4}
    assert found["rank_test_score"][0] == 1
    first = found["params"][0]
    assert set(first) == {"model.activation", "training.learning_rate"}
    splits = [found[f"split{split}_test_score"][0] for split in (0, 1)]
    assert found["mean_test_score"][0] == pytest.approx(sum(splits) / 2, abs=1e-12)
    assert found["param_training.learning_rate"][0] in (0.1, 0.01)


def test_cv_results_follow_the_score_that_ranks() -> None:
    results = tp_sweep.run(SWEEP, set={"report.rank_by": "macro_f1"}, device="cpu")
    best = results.best()
    assert results.cv_results_["mean_test_score"][0] == best["mean_val_macro_f1"]


def test_figures_and_the_page_are_shown_in_notebooks(results: tp_sweep.Results) -> None:
    assert "learning-curves" in results.figures()
    figure = results.figure("learning-curves")
    assert figure._repr_svg_().startswith("<svg")
    with pytest.raises(LookupError, match="learning-curves"):
        results.figure("no-such-figure")
    page = results.report(height=500)
    assert 'height="500"' in page._repr_html_()
    assert page.path == Path("reports/small.html")


def test_the_summary_is_the_program_s(results: tp_sweep.Results) -> None:
    assert str(results).startswith("Best: ")
    assert "reports/small" not in results.summary
    assert "width16" not in results.name


def test_results_can_be_read_again_without_training(results: tp_sweep.Results) -> None:
    again = tp_sweep.Sweep(SWEEP).results()
    assert again.best() == results.best()
    # One more level: its runs are missing, the others are there.
    grid = {**SWEEP["grid"], "model.activation": ["relu", "tanh", "elu"]}  # type: ignore[dict-item]
    partial = tp_sweep.Sweep({**SWEEP, "grid": grid}).results()
    assert list(partial.trials()["status"]).count("finished") == 4


def test_sweeps_are_compared_side_by_side(results: tp_sweep.Results) -> None:
    other = tp_sweep.run(SWEEP, set={"name": "other", "training.epochs": 1}, device="cpu")
    page = tp_sweep.compare(results, other, name="both")
    assert page.path == Path("reports/both.html")
    text = page.path.read_text(encoding="utf-8")
    assert "small" in text and "other" in text
    french = tp_sweep.compare(tp_sweep.Sweep(SWEEP), other, name="deux", language="fr")
    assert "partages" in french.path.read_text(encoding="utf-8")
    with pytest.raises(tp_sweep.TpSweepError, match="nowhere"):
        tp_sweep.compare(results, "nowhere.yaml")


def test_tensorboard_shows_the_folder_of_the_results(
    results: tp_sweep.Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Outside a notebook there is nowhere to show it.
    page = results.tensorboard()
    assert page is not None and page.path == results.report().path
    started = []
    notebook = types.SimpleNamespace(start=started.append)
    monkeypatch.setattr("tp_sweep._tensorboard.in_notebook", lambda: True)
    monkeypatch.setitem(sys.modules, "tensorboard", types.SimpleNamespace(notebook=notebook))
    assert results.tensorboard() is None
    assert [shlex.split(arguments) for arguments in started] == [["--logdir", str(results.folder.absolute())]]
    # Without the package, the report.
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    assert results.tensorboard() is not None
