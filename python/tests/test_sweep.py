"""Sweeps from files and dictionaries, and their errors."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SWEEP

import tp_sweep


def test_a_file_and_a_dictionary_give_the_same_results() -> None:
    lines = ["name: small", "data: { set: mnist, limit: 400 }", "model: { width: 16 }"]
    lines += ["training: { epochs: 2 }", "validation: { folds: 2 }"]
    lines += ["grid: { model.activation: [relu, tanh], training.learning_rate: [0.1, 0.01] }"]
    Path("small.yaml").write_text("\n".join(lines))
    from_file = tp_sweep.run("small.yaml", device="cpu", runs="first")
    from_dictionary = tp_sweep.run(SWEEP, device="cpu", runs="second")
    assert (
        from_file.runs()
        .drop(columns=["fit_time", "seconds_per_epoch"])
        .equals(from_dictionary.runs().drop(columns=["fit_time", "seconds_per_epoch"]))
    )


def test_overrides_of_every_type_reach_the_program() -> None:
    overrides = {
        "training.optimizer": "adam",
        "model.dropout": 0.5,
        "grid": {"model.width": [4, 8]},
        "description": "é 🙂 x",
    }
    plan = tp_sweep.Sweep(SWEEP, set=overrides).plan()
    assert "é 🙂 x" in plan
    assert plan.endswith("  width4\n  width8\n")
    results = tp_sweep.run(SWEEP, set={"name": "other", "training.epochs": 1}, device="cpu")
    assert results.name == "other"
    assert results.epochs()["epoch"].max() == 1


def test_an_invalid_sweep_shows_the_program_s_message() -> None:
    with pytest.raises(tp_sweep.TpSweepError, match="optimzer") as caught:
        tp_sweep.run({"training": {"optimzer": "adam"}})
    assert caught.value.exit_code == 2


def test_messages_have_no_colours_in_notebooks(monkeypatch: pytest.MonkeyPatch) -> None:
    # As Jupyter sets it for every kernel.
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR"):
        monkeypatch.setenv(name, "1")
    for call in (tp_sweep.run, lambda sweep: tp_sweep.Sweep(sweep).plan()):
        with pytest.raises(tp_sweep.TpSweepError) as caught:
            call({"training": {"optimzer": "adam"}})
        assert "\x1b" not in str(caught.value)


def test_missing_results_have_their_own_error() -> None:
    with pytest.raises(tp_sweep.ResultsMissingError):
        tp_sweep.Sweep(SWEEP).results()


def test_failed_runs_are_results() -> None:
    results = tp_sweep.run(SWEEP, set={"grid": {"training.learning_rate": [0.1, 1e30]}}, device="cpu")
    assert sorted(results.runs()["status"].unique()) == ["failed", "finished"]


def test_options_of_a_sweep_are_given_to_it() -> None:
    with pytest.raises(ValueError, match="Sweep"):
        tp_sweep.run(tp_sweep.Sweep(SWEEP), set={"name": "x"})


def test_the_module_is_the_program() -> None:
    done = subprocess.run([sys.executable, "-m", "tp_sweep", "--version"], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.split()[-1] == tp_sweep.version()


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_interrupt_stops_the_training_and_keeps_finished_runs() -> None:
    script = (
        "import sys, tp_sweep\n"
        "sweep = {'name': 'long', 'data': {'limit': 400}, 'training': {'epochs': 2},\n"
        "         'validation': {'repeats': 5000, 'holdout': 0.5}}\n"
        "try:\n"
        "    tp_sweep.run(sweep, device='cpu', progress=True)\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted')\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stderr is not None
    for line in child.stderr:
        if line.startswith("3/"):
            child.send_signal(signal.SIGINT)
            break
    output, _ = child.communicate()
    assert output == "interrupted\n"
    assert len(list(Path("runs/long").glob("*/*/result.json"))) >= 3
