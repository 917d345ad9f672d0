"""Rehearses bench/gpu.sh without a GPU, above all its failures.

    python3 bench/test_gpu.py

Stubs of libcuda, NVML and NVRTC stand for the real ones (built by `cc`), small scripts for tp-sweep.
With target/release/tp-sweep, or the binary in $TP_SWEEP, the CUDA path is rehearsed with that program
on the CPU. Standard library only.
"""

import json
import lzma
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
REAL = Path(os.environ.get("TP_SWEEP", ROOT / "target" / "release" / "tp-sweep"))
LIBRARIES = ("libcuda.so.1", "libnvidia-ml.so.1", "libnvrtc.so.13")
# A program that answers --version, then does what the test needs.
FAKE = '#!/bin/sh\nif [ "$1" = --version ]; then echo "tp-sweep fake"; exit; fi\n'

sys.path.insert(0, str(HERE))
import gpu_table  # noqa: E402
from gpu_stages import gpu_monitor  # noqa: E402


class Rehearsal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.shared.cleanup)
        cls.stubs = Path(cls.shared.name) / "stubs"
        build_stubs(cls.stubs)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out"

    def program(self, text):
        path = self.folder / "fake"
        path.write_text(FAKE + text)
        path.chmod(0o755)
        return path

    def gpu(self, binary, code, **environment):
        """Runs bench/gpu.sh; its results, and what it printed."""
        self.seconds = time.monotonic()
        finished = subprocess.run(
            ["bash", HERE / "gpu.sh", binary],
            env=os.environ | {"PYTHON": sys.executable, "OUT": str(self.out)} | environment,
            capture_output=True,
            text=True,
        )
        self.seconds = time.monotonic() - self.seconds
        printed = finished.stdout + finished.stderr
        self.assertEqual(finished.returncode, code, printed)
        return json.loads((self.out / "gpu.json").read_text()), printed

    def toolkit(self, library=True, headers=True):
        """A folder that looks like a CUDA toolkit."""
        root = self.folder / "nvidia" / "cu13"
        (root / "lib").mkdir(parents=True)
        (root / "include").mkdir()
        if library:
            shutil.copy(self.stubs / "libnvrtc.so.13", root / "lib")
        if headers:
            (root / "include" / "cuda_runtime.h").touch()
            version = "#define CUDART_VERSION  13000\n"
            (root / "include" / "cuda_runtime_api.h").write_text(version)
        return root

    def cuda(self, root, stubs=None):
        return {
            "DEVICE": "cuda",
            "CUDA_ROOTS": str(root),
            "LD_LIBRARY_PATH": str(stubs or self.stubs),
        }


class MissingThings(Rehearsal):
    def missing(self, binary, **environment):
        results, printed = self.gpu(binary, 2, **environment)
        self.assertEqual(results["stages"], [])
        for reason in results["missing"]:
            self.assertIn(reason.splitlines()[0], printed)
        self.assertLess(self.seconds, 20)
        return " ".join(results["missing"])

    def test_nvrtc_and_headers_are_both_named(self):
        found = self.missing(self.program(""), **self.cuda(self.folder / "nothing"))
        self.assertIn("NVRTC: no libnvrtc.so", found)
        self.assertIn("no cuda_runtime.h", found)

    def test_headers_without_nvrtc(self):
        found = self.missing(self.program(""), **self.cuda(self.toolkit(library=False)))
        self.assertIn("NVRTC: no libnvrtc.so", found)
        self.assertNotIn("cuda_runtime.h", found)

    def test_nvrtc_without_headers(self):
        found = self.missing(self.program(""), **self.cuda(self.toolkit(headers=False)))
        self.assertIn("no cuda_runtime.h", found)
        self.assertNotIn("NVRTC: no", found)

    def test_a_library_that_does_not_load(self):
        root = self.toolkit()
        (root / "lib" / "libnvrtc.so.13").write_bytes(b"no library")
        found = self.missing(self.program(""), **self.cuda(root))
        self.assertIn("the loader refuses libnvrtc.so", found)

    def test_nvrtc_newer_than_the_driver(self):
        old = self.folder / "old-driver"
        build_stubs(old, "-DDRIVER_VERSION=12040")
        found = self.missing(self.program(""), **self.cuda(self.toolkit(), old))
        self.assertIn("13.0 is newer than the driver", found)

    @unittest.skipIf(shutil.which("nvidia-smi"), "there is a driver")
    def test_no_driver(self):
        empty = self.folder / "empty"
        empty.mkdir()
        found = self.missing(self.program(""), **self.cuda(self.toolkit(), empty))
        self.assertIn("the NVIDIA driver", found)

    def test_no_binary(self):
        found = self.missing(self.folder / "nothing.xz", DEVICE="cpu")
        self.assertIn("no such file", found)

    def test_an_archive_that_is_cut_off(self):
        packed = self.folder / "fake.xz"
        packed.write_bytes(lzma.compress(os.urandom(100_000))[:50_000])
        self.assertIn("a tp-sweep binary", self.missing(packed, DEVICE="cpu"))

    def test_a_binary_of_another_machine(self):
        path = self.folder / "fake"
        path.write_bytes(b"\x7fELF of another machine")
        self.assertIn("cannot start", self.missing(path, DEVICE="cpu"))


class Failures(Rehearsal):
    def test_a_device_that_fails_stops_no_peer(self):
        binary = self.program("echo the device is lost >&2; exit 7\n")
        stages = "device_check agreement parity throughput step_profile"
        results, _ = self.gpu(binary, 1, DEVICE="cpu", STAGES=stages, COHORTS="1")
        first, *others = results["failures"]
        self.assertEqual(first["stage"], "device_check")
        self.assertEqual(first["message"], "exit code 7: the device is lost")
        skipped = [each for each in others if each["stage"] in ("agreement", "throughput")]
        self.assertEqual(len(skipped), 5)
        for each in skipped:
            self.assertEqual(each["message"], "skipped: the device check failed")
        self.assertEqual([each["stage"] for each in results["stages"]], stages.split())
        self.assertEqual(results["stages"][-1]["status"], "passed")

    def test_a_missing_peer(self):
        (self.folder / "torch.py").write_text("raise ImportError('no torch here')\n")
        (self.folder / "jax.py").write_text("raise ImportError('no jax here')\n")
        results, _ = self.gpu(
            self.program(""), 1, DEVICE="cpu", STAGES="peers", PYTHONPATH=str(self.folder)
        )
        messages = [each["message"] for each in results["failures"]]
        self.assertTrue(any("no torch here" in each for each in messages))
        self.assertTrue(any("no jax here" in each for each in messages))
        self.assertIn("chorus_torch", results["unavailable"][0]["item"])

    def test_a_program_that_hangs_is_killed_with_its_children(self):
        mark = self.folder / "child"
        binary = self.program(
            f"trap '' INT\n(sleep 8; touch {mark}) &\nsleep 60\n"
        )
        results, _ = self.gpu(
            binary, 1, DEVICE="cpu", STAGES="device_check step_profile",
            TOTAL_SECONDS="30",
        )
        self.assertLess(self.seconds, 8)
        self.assertEqual(results["failures"][0]["kind"], "timeout")
        self.assertEqual([each["status"] for each in results["stages"]], ["failed", "passed"])
        time.sleep(max(0, 9 - self.seconds))
        self.assertFalse(mark.exists())

    def test_a_stage_without_time_left_is_recorded(self):
        binary = self.program("sleep 60\n")
        results, _ = self.gpu(
            binary, 1, DEVICE="cpu", STAGES="throughput", COHORTS="1 2", TOTAL_SECONDS="8"
        )
        self.assertEqual([each["kind"] for each in results["failures"]], ["timeout"] * 2)
        self.assertIn("no time left", results["failures"][1]["message"])

    def test_results_hold_no_path_of_this_machine(self):
        binary = self.program('echo "cannot read $PWD" >&2; exit 1\n')
        results, _ = self.gpu(binary, 1, DEVICE="cpu", STAGES="device_check")
        self.assertNotIn(tempfile.gettempdir() + "/", json.dumps(results))


class Unpacking(Rehearsal):
    def packed(self):
        path = self.folder / "fake.xz"
        path.write_bytes(lzma.compress(self.program("").read_bytes()))
        return path

    def test_with_xz(self):
        results, _ = self.gpu(self.packed(), 0, DEVICE="cpu", STAGES="step_profile")
        self.assertEqual(results["tp_sweep_version"], "tp-sweep fake")

    def test_without_xz(self):
        programs = self.folder / "programs"
        programs.mkdir()
        for name in ("sh", "bash", "dirname", "echo"):
            (programs / name).symlink_to(shutil.which(name))
        bash = shutil.which("bash")
        self.assertIsNone(shutil.which("xz", path=str(programs)))
        finished = subprocess.run(
            [bash, HERE / "gpu.sh", self.packed()],
            env={
                "PATH": str(programs), "PYTHON": sys.executable, "OUT": str(self.out),
                "DEVICE": "cpu", "STAGES": "step_profile",
            },
        )
        self.assertEqual(finished.returncode, 0)
        results = json.loads((self.out / "gpu.json").read_text())
        self.assertEqual(results["tp_sweep_version"], "tp-sweep fake")


class CudaPath(Rehearsal):
    @unittest.skipUnless(REAL.exists(), f"there is no {REAL.name}")
    def test_the_program_on_the_cpu_as_if_on_cuda(self):
        binary = self.program(
            'for each; do shift; case $each in cuda) each=cpu;; esac; set -- "$@" "$each"; done\n'
            f'exec {REAL} "$@"\n'
        )
        results, printed = self.gpu(
            binary, 0, STAGES="device_check throughput", COHORTS="2", TOTAL_SECONDS="400",
            **self.cuda(self.toolkit()),
        )
        self.assertEqual(results["machine"]["gpu"], "Stub GPU")
        self.assertEqual(results["cuda_toolkit"]["nvrtc"], "13.0")
        self.assertIn("second_seconds", results["device_check"])
        (line,) = results["throughput"]
        self.assertGreater(line["model_epochs_per_second"], 0)
        self.assertEqual(line["gpu"]["busy_percent"], 50)
        # 100 W at this many model-epochs per second of the clock.
        expected = 100 / line["model_epochs_per_wall_second"]
        self.assertAlmostEqual(line["joules_per_model_epoch"] / expected, 1, delta=0.1)

    def test_a_profile_by_nsight_compute(self):
        programs = self.folder / "programs"
        programs.mkdir()
        lines = [
            "==PROF== Connected to process 1",
            '"ID","Kernel Name","Metric Name","Metric Unit","Metric Value"',
            '"0","matmul","gpu__time_duration.sum","ns","1,500"',
            '"1","matmul","gpu__time_duration.sum","us","2.5"',
            '"2","add","gpu__time_duration.sum","ns","500"',
        ]
        (programs / "rows").write_text("\n".join(lines))
        ncu = programs / "ncu"
        ncu.write_text(
            "#!/bin/sh\nwhile [ $# -gt 0 ]; do\n"
            f'  [ "$1" = --log-file ] && cp {programs}/rows "$2"\n  shift\ndone\nexit 9\n'
        )
        ncu.chmod(0o755)
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        results, _ = self.gpu(
            self.program(""), 0, STAGES="step_profile", PATH=path, **self.cuda(self.toolkit())
        )
        matmul, add = results["step_profile"]["kernels"]
        self.assertEqual((matmul["name"], matmul["calls"]), ("matmul", 2))
        self.assertAlmostEqual(matmul["seconds"], 4e-6)
        self.assertAlmostEqual(add["seconds"], 0.5e-6)

    def test_energy_of_a_window(self):
        with gpu_monitor.GpuMonitor(True, [str(self.stubs / "libnvidia-ml.so.1")]) as monitor:
            start = time.monotonic()
            time.sleep(0.6)
            end = time.monotonic()
            time.sleep(0.2)
        usage = monitor.usage(start, end)
        self.assertAlmostEqual(usage["joules"], 100 * (end - start), delta=1)
        self.assertEqual((usage["watts"], usage["peak_memory_bytes"]), (100, 1024))


class Page(Rehearsal):
    def test_the_region_is_replaced_and_names_failures(self):
        binary = self.program("echo the device is lost >&2; exit 7\n")
        self.gpu(binary, 1, DEVICE="cpu", STAGES="device_check throughput", COHORTS="1 2")
        page = self.folder / "page.md"
        before, after = "# Page\n\n", "\n\n## Next\n"
        page.write_text(f"{before}{gpu_table.BEGIN}\nold\n{gpu_table.END}{after}")
        texts = []
        for _ in range(2):
            command = [sys.executable, "-B", HERE / "gpu_table.py", "--page", page]
            subprocess.run([*command, self.out / "gpu.json"], check=True)
            texts.append(page.read_text())
        self.assertEqual(*texts)
        self.assertTrue(texts[0].startswith(before) and texts[0].endswith(after))
        self.assertNotIn("old", texts[0])
        self.assertIn("`device_check`: error: exit code 7: the device is lost", texts[0])
        self.assertIn("K = 1, K = 2: error: skipped", texts[0])
        self.assertLessEqual(len(list(self.out.iterdir())), 8)

    def test_a_second_call_replaces_only_its_stages(self):
        first = {"stages": [{"stage": "peers"}, {"stage": "parity"}], "unavailable": [],
                 "failures": [{"stage": "peers"}, {"stage": "parity"}], "peers": [1], "parity": [1]}
        second = {"stages": [{"stage": "peers"}], "unavailable": [], "failures": [], "peers": [2]}
        merged = gpu_table.merged([first, second])
        self.assertEqual((merged["peers"], merged["parity"]), ([2], [1]))
        self.assertEqual(merged["failures"], [{"stage": "parity"}])
        self.assertEqual(len(merged["stages"]), 2)


def build_stubs(folder, *options):
    if not (compiler := shutil.which("cc")):
        raise unittest.SkipTest("there is no C compiler for the stubs")
    folder.mkdir()
    for name in LIBRARIES:
        command = [compiler, "-shared", "-fPIC", "-o", folder / name, *options]
        subprocess.run([*command, HERE / "test_stubs" / "stubs.c"], check=True)


if __name__ == "__main__":
    unittest.main()
