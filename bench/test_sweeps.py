"""Tests of the benchmark of whole sweeps, without its libraries.

    python3 bench/test_sweeps.py

With target/release/tp-sweep, or the binary in $TP_SWEEP, the runs of a small sweep are read from
its real results. Standard library only; with NumPy, the splits of the peers are tested too.
"""

import copy
import importlib.util
import json
import multiprocessing
import os
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
REAL = Path(os.environ.get("TP_SWEEP", ROOT / "target" / "release" / "tp-sweep"))

sys.path[:0] = [str(HERE), str(HERE / "peers"), str(HERE / "peers" / "sweeps")]
import process  # noqa: E402
from network import network_of  # noqa: E402
from schedule import learning_rate  # noqa: E402
from sweeps import agreement, page, programs, rounds, runs, synthetic  # noqa: E402
from sweeps.__main__ import measured_before  # noqa: E402
from sweeps.cases import CASES, Case  # noqa: E402
from sweeps.memory import PeakMemory  # noqa: E402

CONFIG = {
    "data": {"set": "mnist", "limit": 300, "shift": 0, "flip": False},
    "model": {
        "kind": "mlp",
        "layers": 2,
        "width": 64,
        "activation": "relu",
        "dropout": 0.2,
        "norm": "none",
        "init": "default",
        "bias_init": "default",
        "kernel_size": 3,
    },
    "training": {
        "epochs": 3,
        "batch_size": 64,
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "momentum": 0.0,
        "weight_decay": 1e-4,
        "schedule": "cosine",
    },
    "validation": {"folds": 3, "seed": 42},
}


def result(**sections):
    config = copy.deepcopy(CONFIG)
    for section, values in sections.items():
        config[section] |= values
    return {"trial": "a", "repeat": 1, "fold": 2, "failure": None, "config": config}


def program(seconds, accuracy, unlike=()):
    accuracies = {"a/fold-0": accuracy, "a/fold-1": accuracy}
    return {
        "seconds": seconds,
        "peak_bytes": 2**20,
        "busy_elsewhere": 0.0,
        "mean_accuracy": accuracy,
        "accuracies": accuracies,
        "unlike": list(unlike),
        "versions": {"a library": "1.0"},
    }


def measured(failures=None, **named):
    return {"runs": 2, "programs": named, "failures": failures or {}}


class Runs(unittest.TestCase):
    def test_a_run_has_the_settings_of_its_result(self):
        run = runs.run_of("a/repeat-1-fold-2", result())
        self.assertEqual(run["network"]["hidden"], [64, 64])
        self.assertEqual(run["network"]["channels"], [])
        self.assertEqual(run["network"]["dropout"], 0.2)
        expected = {"optimizer": "sgd", "learning_rate": 0.1, "weight_decay": 1e-4}
        self.assertEqual(run["optimizer"], expected)
        self.assertEqual(run["split"], {"folds": 3, "holdout": None, "fold": 2, "seed": 43})
        self.assertEqual(run["seed"], 43002)
        self.assertEqual((run["epochs"], run["batch"], run["data"]["limit"]), (3, 64, 300))

    def test_a_list_of_widths_is_one_layer_each(self):
        model = {"width": [256, 128], "layers": None}
        self.assertEqual(runs.hidden_widths(model), [256, 128])

    def test_a_convolutional_network_has_its_channels(self):
        found = result(
            data={"set": "npy", "path": "x", "normalise": "none"},
            model={"kind": "cnn", "channels": [16, 32], "norm": "batch"},
        )
        network = network_of(json.loads(json.dumps(runs.run_of("a", found))))
        self.assertEqual((network.channels, network.input_shape), ((16, 32), (32, 32, 3)))
        self.assertTrue(network.batch_norm)
        # It names what was compiled for it.
        hash(network)

    def test_a_setting_that_the_peers_do_not_implement_is_refused(self):
        for section, values in [
            ("training", {"l1": 0.1}),
            ("training", {"patience": 3}),
            ("training", {"optimizer": "nadam"}),
            ("model", {"norm": "layer"}),
            ("model", {"init": {"normal": {"std": 1}}}),
            ("data", {"flip": True}),
            ("data", {"normalise": "training"}),
        ]:
            with self.assertRaisesRegex(runs.Unsupported, next(iter(values))):
                runs.run_of("a", result(**{section: values}))

    def test_a_failed_run_fails_the_measurement(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "a" / "fold-0" / "result.json"
            file.parent.mkdir(parents=True)
            file.write_text(json.dumps({"result": result() | {"failure": "diverged"}}))
            with self.assertRaisesRegex(process.Failed, "a/fold-0: diverged"):
                runs.read_results(folder)

    @unittest.skipUnless(REAL.exists(), f"there is no {REAL.name}")
    def test_the_real_program_gives_the_runs_of_the_real_sweeps(self):
        core = min(os.sched_getaffinity(0))
        overrides = ["training.epochs=1", "data.limit=300", "model.width=8"]
        for name, count in [("axe3", 12), ("axe6", 18)]:
            file = ROOT / "sweeps" / f"{name}.yaml"
            line, results = programs.run_tp_sweep(
                programs.TP_SWEEP_PLAIN, REAL, file, overrides, [core]
            )
            found = runs.run_list(results)
            self.assertEqual(len(found), count)
            self.assertEqual(line["accuracies"].keys(), {run["run"] for run in found})
            self.assertEqual({run["epochs"] for run in found}, {1})
            self.assertEqual({run["split"]["seed"] for run in found}, {42, 43, 44})


class Schedule(unittest.TestCase):
    def rates(self, schedule):
        run = {"optimizer": {"learning_rate": 0.1}, "schedule": schedule, "epochs": 4}
        return [learning_rate(run, epoch) for epoch in range(4)]

    def test_rates_are_those_of_the_documentation(self):
        self.assertEqual(self.rates("constant"), [0.1] * 4)
        self.assertEqual(
            self.rates({"step": {"every": 2, "gamma": 0.5}}), [0.1, 0.1, 0.05, 0.05]
        )
        for rate, expected in zip(self.rates("cosine"), [0.1, 0.0853553, 0.05, 0.0146447]):
            self.assertAlmostEqual(rate, expected, 6)

    def test_an_unknown_schedule_is_refused(self):
        with self.assertRaisesRegex(SystemExit, "linear"):
            self.rates("linear")


@unittest.skipUnless(importlib.util.find_spec("numpy"), "there is no NumPy")
class Splits(unittest.TestCase):
    def setUp(self):
        import dataset
        import numpy

        self.numpy = numpy
        labels = numpy.repeat(numpy.arange(3), [60, 30, 10])
        self.data = dataset.Dataset(numpy.zeros((110, 1)), numpy.append(labels, [0] * 10), 100)

    def split(self, fold=0, folds=None, holdout=None, limit=None):
        split = {"fold": fold, "folds": folds, "holdout": holdout, "seed": 1}
        return self.data.split({"data": {"limit": limit}, "split": split})

    def test_folds_are_disjoint_and_stratified(self):
        validations = []
        for fold in range(5):
            training, validation = self.split(fold, folds=5)
            self.assertEqual(sorted([*training, *validation]), list(range(100)))
            counts = self.numpy.bincount(self.data.labels[validation])
            self.assertLessEqual(abs(counts - [12, 6, 2]).max(), 1)
            validations += list(validation)
        self.assertEqual(sorted(validations), list(range(100)))

    def test_a_limit_and_a_holdout_keep_the_proportions(self):
        training, validation = self.split(holdout=0.1, limit=50)
        self.assertEqual((len(training), len(validation)), (45, 5))
        counts = self.numpy.bincount(self.data.labels[[*training, *validation]])
        self.assertLessEqual(abs(counts - [30, 15, 5]).max(), 1)


@unittest.skipUnless(importlib.util.find_spec("numpy"), "there is no NumPy")
class Workers(unittest.TestCase):
    def test_two_processes_take_every_run_once_from_both_ends(self):
        from workers import Ends

        queue = Ends(multiprocessing.get_context("fork"), 5)
        self.assertEqual([queue.take(process) for process in (0, 1, 1, 0, 1)], [0, 4, 3, 1, 2])
        self.assertEqual([queue.take(0), queue.take(1)], [None, None])


class Synthetic(unittest.TestCase):
    def test_the_sweep_has_the_settings_of_the_real_one(self):
        real = (ROOT / "sweeps" / "cifar10.yaml").read_text()
        sweep = synthetic.sweep_of("folder")
        training = sweep["training"]
        for key in ("batch_size", "optimizer", "learning_rate", "momentum"):
            self.assertIn(f"{key}: {training[key]}", real)
        self.assertIn(f"limit: {synthetic.TRAINING_SAMPLES}", real)
        for network in sweep["grid"]["network"].values():
            for key, value in network.items():
                self.assertIn(f"{key}: {value}", real)

    def test_images_are_written_for_training_and_test(self):
        with tempfile.TemporaryDirectory() as folder:
            synthetic.write_images(Path(folder), 20, 10)
            names = sorted(path.name for path in Path(folder).iterdir())
            self.assertEqual(names, ["x_test.npy", "x_train.npy", "y_test.npy", "y_train.npy"])
            content = (Path(folder) / "x_test.npy").read_bytes()
            self.assertIn(b"(10, 32, 32, 3)", content)
            self.assertEqual(len(content) % 64, 10 * 3072 % 64)

    def test_every_sweep_file_exists(self):
        for case in CASES:
            if case.file:
                self.assertTrue((ROOT / case.file).exists())


class Rounds(unittest.TestCase):
    CASE = Case("small", "a small sweep", ("torch", "jax"), "sweeps/axe3.yaml")
    OPTIONS = SimpleNamespace(
        rounds=2, peers=["torch", "jax", "sklearn"], binary="x", overrides=[], pinned=[0]
    )

    def measure(self, peer):
        calls = []

        def own(name, *_):
            calls.append(name)
            return program(1.0, 0.9), {"a": result()}

        def other(name, found, _cores):
            calls.append(name)
            self.assertEqual([run["run"] for run in found], ["a"])
            return peer(name, len(calls))

        with (
            mock.patch.object(rounds, "run_tp_sweep", own),
            mock.patch.object(rounds, "run_peer", other),
        ):
            return calls, rounds.measure_case(self.CASE, self.OPTIONS, lambda _: None)

    def test_programs_take_turns_and_figures_are_medians(self):
        calls, found = self.measure(lambda name, number: program(number, 0.9))
        order = ["tp_sweep", "tp_sweep_plain", "torch", "jax"]
        self.assertEqual(calls, order + order[::-1])
        self.assertEqual(found["programs"]["torch"]["seconds"], (3 + 6) / 2)
        self.assertEqual(list(found["programs"]), order)
        self.assertEqual(found["runs"], 1)

    def test_a_peer_that_fails_stops_nobody_else(self):
        def peer(name, number):
            if name == "torch":
                raise process.Failed("no such module")
            return program(number, 0.9)

        calls, found = self.measure(peer)
        self.assertEqual(calls.count("torch"), 1)
        self.assertNotIn("torch", found["programs"])
        self.assertEqual(found["failures"], {"torch": "no such module"})


# Stands for a peer: prints what it should, or less.
FAKE_PEER = """
import json, sys
runs = json.load(open(sys.argv[1]))
for run in runs[:2]:
    print(json.dumps({"run": run["run"], "val_accuracy": 0.5, "unlike": run["run"] == "b"}))
print(json.dumps({"versions": {"a library": "1.0"}}))
"""


class Peers(unittest.TestCase):
    def run_fake(self, names):
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "fake.py"
            script.write_text(FAKE_PEER)
            with mock.patch.dict(programs.SCRIPTS, fake=str(script)):
                core = min(os.sched_getaffinity(0))
                return programs.run_peer("fake", [{"run": name} for name in names], [core])

    def test_the_lines_of_a_peer_are_read(self):
        line = self.run_fake(["a", "b"])
        self.assertEqual(line["accuracies"], {"a": 0.5, "b": 0.5})
        self.assertEqual(line["unlike"], ["b"])
        self.assertEqual(line["versions"], {"a library": "1.0"})

    def test_a_peer_that_leaves_out_runs_has_failed(self):
        with self.assertRaisesRegex(process.Failed, "trained 2 of 3 runs"):
            self.run_fake(["a", "b", "c"])

    def test_peak_memory_is_that_of_all_processes_together(self):
        code = "import sys, time; x = bytearray(30 << 20); time.sleep(1)"
        both = f"import subprocess, sys\nc = [sys.executable, '-c', {code!r}]\n"
        both += "[p.wait() for p in [subprocess.Popen(c), subprocess.Popen(c)]]"
        with (
            mock.patch("sweeps.memory.INTERVAL_SECONDS", 0.1),
            PeakMemory() as memory,
        ):
            process.run([sys.executable, "-c", both])
        self.assertGreater(memory.bytes, 60 << 20)
        self.assertLess(memory.bytes, 300 << 20)


class Agreement(unittest.TestCase):
    def test_a_difference_is_in_points(self):
        line = measured(tp_sweep=program(1, 0.9), torch=program(2, 0.92), jax=program(2, 0.86))
        self.assertAlmostEqual(agreement.difference_points(line, "torch"), 2)
        self.assertEqual(list(agreement.disagreements(line)), ["jax"])

    def test_runs_that_a_peer_trains_in_another_way_do_not_count(self):
        line = measured(tp_sweep=program(1, 0.9), sklearn=program(2, 0.9, ["a/fold-1"]))
        line["programs"]["sklearn"]["accuracies"]["a/fold-1"] = 0.1
        self.assertAlmostEqual(agreement.difference_points(line, "sklearn"), 0)
        line["programs"]["sklearn"]["unlike"].append("a/fold-0")
        self.assertIsNone(agreement.difference_points(line, "sklearn"))
        self.assertEqual(agreement.disagreements(line), {})

    def test_an_accuracy_that_is_not_a_number_disagrees(self):
        line = measured(tp_sweep=program(1, 0.9), torch=program(2, float("nan")))
        self.assertEqual(list(agreement.disagreements(line)), ["torch"])

    def test_problems_name_failures_and_disagreements(self):
        line = measured({"jax": "no"}, tp_sweep=program(1, 0.9), torch=program(2, 0.5))
        first, second = agreement.problems({"sweeps": {"axe3": line}})
        self.assertEqual(first, "axe3: jax failed: no")
        self.assertIn("torch differs by -40.0 points", second)


class Page(unittest.TestCase):
    def results(self, overrides=(), **sweeps):
        return {
            "machine": {
                "processor": "a processor",
                "vector_units": "AVX-512",
                "cores": 2,
                "memory_gib": 8,
                "system": "Linux 6",
            },
            "tp_sweep": "tp-sweep 1",
            "rounds": 3,
            "cores": 2,
            "overrides": list(overrides),
            "sweeps": sweeps,
        }

    def test_the_table_has_a_row_for_each_program(self):
        line = measured(tp_sweep=program(10, 0.9), torch=program(25, 0.905), jax=program(20, 0.9))
        text = page.write(self.results(axe3=line))
        [row] = [row for row in text.splitlines() if row.startswith("| axe3") and "PyTorch" in row]
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        self.assertEqual(
            cells, ["axe3", "PyTorch", "2", "25.0", "2.50", "90.50", "+0.50", "1"]
        )
        self.assertIn("JAX, is 2.00 times that of tp-sweep.", " ".join(text.split()))
        self.assertNotIn("synthetic", text.replace("bench/peers", ""))
        self.assertIn("Versions: tp-sweep 1, a library 1.0.", text)

    def test_disagreements_failures_disturbances_and_overrides_are_shown(self):
        line = measured({"jax": "a\nno module"}, tp_sweep=program(10, 0.9), torch=program(9, 0.5))
        line["programs"]["torch"]["busy_elsewhere"] = 0.5
        text = page.write(self.results(["training.epochs=1"], cifar10=line))
        self.assertIn("-40.00 ‡", text)
        self.assertIn("9.0 †", text)
        self.assertIn("JAX failed in cifar10: no module", text)
        self.assertIn("`training.epochs=1`", text)
        self.assertIn("noise around one image per class", " ".join(text.split()))

    def test_a_page_without_peers_says_so(self):
        text = page.write(self.results(axe3=measured(tp_sweep=program(10, 0.9))))
        self.assertIn("No peer was measured.", text)
        self.assertTrue(all(len(row) <= 100 for row in text.splitlines() if row[:1] != "|"))


class MeasuredBefore(unittest.TestCase):
    def test_sweeps_of_the_same_settings_are_kept(self):
        settings = {"tp_sweep": "tp-sweep 1", "rounds": 3}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sweeps.json"
            self.assertEqual(measured_before(path, settings), {})
            path.write_text(json.dumps(settings | {"sweeps": {"axe3": "measured"}}))
            self.assertEqual(measured_before(path, settings), {"axe3": "measured"})
            self.assertEqual(measured_before(path, settings | {"rounds": 1}), {})


if __name__ == "__main__":
    unittest.main()
