"""Tests of the benchmark of a space of networks, without its libraries.

    python3 bench/test_space.py

With target/release/tp-sweep, or the binary in $TP_SWEEP, a cell is measured with the real program.
Standard library only.
"""

import ast
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
REAL = Path(os.environ.get("TP_SWEEP", ROOT / "target" / "release" / "tp-sweep"))

sys.path.insert(0, str(HERE))
import process  # noqa: E402
from space import filters, page, peers, rounds, samples, tp_sweep_step  # noqa: E402
from space.cells import CIFAR_SHAPE, MNIST_SHAPE, Cell, all_cells  # noqa: E402
from space.comparison import comparison_of, unlike_losses  # noqa: E402
from space.limit import bandwidth_at, limit_seconds  # noqa: E402
from space.plan import plan_of  # noqa: E402
from space.results import Results  # noqa: E402
from space.work import work_of  # noqa: E402

SMALL = Cell("mlp", "sgd", 64, 16, 1, "plain")
LIMITS = {
    "gflops": 100.0,
    "library": "a library",
    "libraries": {"a library": 100.0},
    "bandwidths": [[1024, 4e9], [2**20, 2e9], [2**30, 1e9]],
    "caches": {"L1": 2**15},
}


def program(step_seconds, losses=(2.0, 1.0, 0.5), busy_elsewhere=0.0):
    return {
        "step_seconds": step_seconds,
        "epoch_step_seconds": step_seconds * 2,
        "busy_elsewhere": busy_elsewhere,
        "losses": list(losses),
        "versions": {"a library": "1.0"},
        "rounds": [],
    }


def measured(failures=None, **step_seconds):
    programs = {name: program(seconds) for name, seconds in step_seconds.items()}
    return {"programs": programs, "failures": failures or {}}


class Cells(unittest.TestCase):
    def test_the_space_has_every_combination_once(self):
        cells = all_cells()
        self.assertEqual(len(cells), 5 * 3 * 4 * 2 * 4 + 6)
        self.assertEqual(len({cell.name for cell in cells}), len(cells))

    def test_filters_are_joined_by_or_and_their_parts_by_and(self):
        cells = all_cells()
        found = filters.selected(cells, ["optimizer=adam,width=16|64,layers=1", "network=cifar10"])
        mlps = [cell for cell in found if cell.network == "mlp"]
        # Widths × batches × variants.
        self.assertEqual(len(mlps), 2 * 3 * 4)
        self.assertEqual({cell.optimizer for cell in mlps}, {"adam"})
        # The convolutional network three-blocks has width 64, too.
        others = {cell.network for cell in found} - {"mlp"}
        self.assertEqual(others, {"cifar10", "three-blocks"})
        self.assertEqual(filters.selected(cells, []), cells)

    def test_a_filter_with_a_typing_error_is_refused(self):
        for text, message in [("optimiser=adam", "unknown factor"), ("width=17", "no cell has")]:
            with self.assertRaisesRegex(filters.UnknownFactor, message):
                filters.selected(all_cells(), [text])

    def test_an_epoch_has_full_batches_only_and_bounded_work(self):
        for cell in all_cells():
            plan = plan_of(cell)
            self.assertEqual(plan.samples, plan.steps_per_epoch * cell.batch)
            self.assertTrue(8 <= plan.steps_per_epoch <= 64)
            calls = plan.steps_per_epoch * plan.epochs_per_call
            self.assertLess(work_of(cell).flop * calls, 1e11, cell.name)


class Limit(unittest.TestCase):
    def test_the_work_of_an_mlp(self):
        work = work_of(SMALL)
        parameters = 784 * 16 + 16 + 16 * 10 + 10
        self.assertEqual(work.flop, 2 * 64 * (784 * 16 * 2 + 16 * 10 * 3))
        self.assertEqual(work.parameters, parameters)
        values = parameters + 64 * (16 + 10)
        self.assertEqual(work.bytes_moved, 4 * (2 * values + 64 * 784))
        self.assertEqual(work.working_set_bytes, 4 * (values + 64 * 784))

    def test_the_work_of_a_convolutional_network(self):
        work = work_of(Cell("cifar10", "momentum", 64, 64, 1, "batch-norm", (16, 32)))
        first, second = 32 * 32 * 27 * 16, 16 * 16 * 144 * 32
        dense = 8 * 8 * 32 * 64 + 64 * 10
        self.assertEqual(work.flop, 2 * 64 * (2 * first + 3 * (second + dense)))
        weights = 27 * 16 + 144 * 32 + dense
        biases_and_norms = 3 * (16 + 32 + 64) + 10
        self.assertEqual(work.parameters, weights + biases_and_norms)
        activations = 16 * 16 * 16 + 8 * 8 * 32 + 64 + 10
        self.assertEqual(work.updated_values, 2 * work.parameters + 64 * activations)

    def test_state_of_the_optimizer_counts_and_nothing_else_of_it(self):
        sgd = work_of(SMALL)
        adam = work_of(Cell("mlp", "adam", 64, 16, 1, "plain"))
        self.assertEqual(adam.flop, sgd.flop)
        self.assertEqual(adam.bytes_moved - sgd.bytes_moved, 4 * 2 * 2 * sgd.parameters)

    def test_the_limit_is_products_and_then_memory(self):
        work = work_of(SMALL)
        self.assertTrue(1024 < work.working_set_bytes < 2**20)
        expected = work.flop / 100e9 + work.bytes_moved / 2e9
        self.assertAlmostEqual(limit_seconds(SMALL, LIMITS), expected)

    def test_a_bandwidth_is_that_of_the_smallest_size_that_holds_the_working_set(self):
        bandwidths = [[10, 3.0], [20, 1.0], [40, 2.0]]
        found = [bandwidth_at(bandwidths, size) for size in (1, 10, 11, 40, 41)]
        # 20 was disturbed: a larger size was faster. Nothing holds 41.
        self.assertEqual(found, [3.0, 3.0, 2.0, 2.0, 2.0])


class Data(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def array(self, name):
        """Shape and bytes of an array."""
        content = (self.folder / name).read_bytes()
        self.assertEqual(content[:8], b"\x93NUMPY\x01\x00")
        start = 10 + int.from_bytes(content[8:10], "little")
        self.assertEqual(start % 64, 0)
        header = ast.literal_eval(content[10:start].decode())
        self.assertEqual((header["descr"], header["fortran_order"]), ("|u1", False))
        return header["shape"], content[start:]

    def test_digits(self):
        samples.write_samples(self.folder, MNIST_SHAPE, 32)
        shape, pixels = self.array("x_train.npy")
        self.assertEqual((shape, len(pixels)), ((32, 28, 28), 32 * 784))
        shape, labels = self.array("y_train.npy")
        # The first digits of MNIST.
        self.assertEqual((shape, list(labels[:5])), ((32,), [5, 0, 4, 1, 9]))
        self.assertEqual(self.array("x_test.npy")[0], (samples.TEST_SAMPLES, 28, 28))

    def test_images_of_a_class_are_alike(self):
        samples.write_samples(self.folder, CIFAR_SHAPE, 40)
        shape, pixels = self.array("x_train.npy")
        self.assertEqual(shape, (40, 32, 32, 3))
        images = [pixels[index * 3072 : (index + 1) * 3072] for index in range(40)]
        _, labels = self.array("y_train.npy")
        self.assertEqual(labels[0], labels[10])

        def distance(a, b):
            return sum(abs(x - y) for x, y in zip(images[a], images[b]))

        self.assertLess(distance(0, 10), distance(0, 1))

    def test_a_sweep_file_has_the_settings_of_its_cell(self):
        cell = Cell("cifar10", "momentum", 64, 32, 1, "batch-norm", (16, 32))
        sweep = json.loads(tp_sweep_step.sweep_of(cell, "folder"))
        expected = {"kind": "cnn", "channels": [16, 32], "width": 32, "layers": 1, "norm": "batch"}
        self.assertEqual(sweep["model"], expected)
        self.assertEqual(sweep["training"]["momentum"], 0.9)
        self.assertEqual(sweep["training"]["batch_size"], 64)

    @unittest.skipUnless(REAL.exists(), f"there is no {REAL.name}")
    def test_the_real_program_measures_a_cell(self):
        samples.write_samples(self.folder, MNIST_SHAPE, plan_of(SMALL).samples)
        core = min(os.sched_getaffinity(0))
        line = tp_sweep_step.measure(REAL, SMALL, self.folder, core)
        self.assertTrue(0 < line["step_seconds"] < 0.1)
        self.assertLess(line["losses"][-1], line["losses"][0])

    def test_results_are_kept_and_those_of_other_settings_refused(self):
        file = self.folder / "space.json"
        results = Results(file, {"rounds": 3})
        results.add(SMALL, measured(tp_sweep=1.0), "a")
        again = Results(file, {"rounds": 3})
        self.assertTrue(again.has(SMALL, ["tp_sweep"], "a"))
        self.assertTrue(again.has(SMALL, ["tp_sweep"]))
        self.assertFalse(again.has(SMALL, ["tp_sweep"], "another build"))
        self.assertFalse(again.has(SMALL, ["tp_sweep", "jax"], "a"))
        self.assertEqual(again.programs(SMALL), {"tp_sweep"})
        # A key that earlier versions had.
        values = json.loads(file.read_text())
        values["settings"]["binary"] = "a"
        file.write_text(json.dumps(values))
        self.assertTrue(Results(file, {"rounds": 3}).has(SMALL, ["tp_sweep"]))
        with self.assertRaisesRegex(SystemExit, "rounds 3 instead of 5"):
            Results(file, {"rounds": 5})
        self.assertFalse(Results(file, {"rounds": 5}, fresh=True).has(SMALL, []))


# Stands for a peer: is ready at once, and counts its measurements.
FAKE_PEER = """
import json, sys
print(json.dumps({"losses": [2, 1], "versions": {}}), flush=True)
for count, line in enumerate(sys.stdin, 1):
    if count == 3:
        sys.exit("the third one fails")
    print(json.dumps({"step_seconds": count, "calls": 1, "cpu_seconds": 0}), flush=True)
"""


class Rounds(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        (Path(folder.name) / "fake.py").write_text(FAKE_PEER)
        saved = peers.FOLDER, dict(peers.PEERS)
        self.addCleanup(self.restore, *saved)
        peers.FOLDER = Path(folder.name)
        peers.PEERS.update(fake=("a fake", "fake.py"), missing=("missing", "missing.py"))

    def restore(self, folder, known):
        peers.FOLDER = folder
        peers.PEERS.clear()
        peers.PEERS.update(known)

    def measure(self, count):
        core = min(os.sched_getaffinity(0))
        options = SimpleNamespace(
            tp_sweep=False, peers=["missing", "fake"], pinned=[core], rounds=count, seconds=0
        )
        return rounds.measure_cell(SMALL, options)

    def test_figures_are_medians_over_rounds_and_a_failure_stops_nobody_else(self):
        found = self.measure(2)
        self.assertEqual(found["programs"]["fake"]["step_seconds"], 1.5)
        self.assertIn("missing.py", found["failures"]["missing"])

    def test_a_peer_that_ends_early_has_no_figure(self):
        found = self.measure(3)
        self.assertEqual(found["programs"], {})
        self.assertIn("the third one fails", found["failures"]["fake"])


class Page(unittest.TestCase):
    def results(self, cells):
        return {
            "settings": {"tp_sweep": "tp-sweep 1", "rounds": 2, "cores": 1, "seconds": 0.3},
            "machine": {
                "processor": "a processor",
                "vector_units": None,
                "cores": 2,
                "memory_gib": 8,
                "system": "Linux 6",
            },
            "limits": LIMITS,
            "cells": {cell.name: line for cell, line in cells.items()},
        }

    def test_the_summary_counts_cells_and_names_the_worst(self):
        chosen = all_cells()[:12]
        # Ratios of 0.5, 0.6 … 1.6.
        cells = {
            cell: measured(tp_sweep=0.001, jax=0.001 * (5 + index) / 10, torch_eager=0.01)
            for index, cell in enumerate(chosen)
        }
        text = page.write(self.results(cells))
        self.assertIn("12 cells of 486 measured.", text)
        self.assertIn("at least as fast as the best peer in 7 of 12.", text)
        self.assertIn("1.05 times that of the best peer (from 0.50 to 1.60)", text)
        worst = text.split("lowest ratio")[1].split("## By factor")[0]
        self.assertEqual(worst.count("| mlp"), page.WORST)
        self.assertLess(worst.index(" 0.50 "), worst.index(" 1.40 "))
        self.assertNotIn(" 1.50 ", worst)
        self.assertNotIn("‡", text)

    def test_failures_disturbances_and_other_losses_are_named(self):
        line = measured({"torch_compile": "exit code 1: a\nno compiler"}, tp_sweep=1e-3, jax=2e-3)
        line["programs"]["jax"] = program(2e-3, losses=(2.0, 1.9), busy_elsewhere=0.5)
        text = page.write(self.results({all_cells()[0]: line}))
        self.assertIn("torch_compile failed in", text)
        self.assertIn("no compiler", text)
        self.assertIn("2.00 ‡", text)
        self.assertIn("except in", text)

    def test_builds_are_counted_if_there_are_several(self):
        cells = {
            cell: measured(tp_sweep=1e-3, jax=2e-3) | {"build": build}
            for cell, build in zip(all_cells(), "aab")
        }
        text = " ".join(page.write(self.results(cells)).split())
        self.assertIn("2 cells with a, 1 cell with b", text)
        for line in cells.values():
            line["build"] = "a"
        self.assertNotIn("cells with a", page.write(self.results(cells)))

    def test_a_page_without_comparisons_has_no_tables_of_cells(self):
        text = page.write(self.results({all_cells()[0]: measured({"jax": "x"}, tp_sweep=1e-3)}))
        self.assertNotIn("## Summary", text)
        self.assertIn("## The limit", text)

    def test_the_best_peer_is_the_fastest(self):
        line = measured(tp_sweep=2.0, jax=3.0, torch_eager=1.0)
        found = comparison_of(SMALL, line, LIMITS)
        self.assertEqual(found.best_peer, "torch_eager")
        self.assertEqual((found.ratio, found.epoch_ratio), (0.5, 0.25))

    def test_losses_that_do_not_fall_or_differ_are_found(self):
        line = measured(tp_sweep=1.0, jax=1.0, torch_eager=1.0)
        self.assertEqual(unlike_losses(line), [])
        line["programs"]["jax"]["losses"] = [2.0, 0.7]
        self.assertEqual(unlike_losses(line), ["jax"])
        line["programs"]["jax"]["losses"] = [0.5, 0.5]
        self.assertEqual(unlike_losses(line), ["jax"])
        line["programs"]["jax"]["losses"] = [2.0, float("nan")]
        self.assertIn("jax", unlike_losses(line))


if __name__ == "__main__":
    unittest.main()
