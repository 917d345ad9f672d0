"""Counts what one training step of tp-sweep costs on a CUDA driver that computes nothing.

Each configuration is trained four times: over b, 2b and 3b batches in two epochs, and over b batches in
three. With S the cost of a step, E that of an epoch besides its steps, and C all else,

    cost = C + epochs * (E + batches * S)

so that S, E and C follow by difference, and the run over 3b batches checks that the cost is linear.
E can be negative: at the end of an epoch burn fuses other operations than between two steps.
Only the driver's calls are counted, and no kernel's name is used: what a step consists of may change.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
EXPECTED = HERE / "expected.json"

# Name, sweep, size of the cohort, and what is overridden.
CONFIGURATIONS = [
    ("SGD, K = 1", "sgd", 1, []),
    ("SGD, K = 8", "sgd", 8, ["validation.repeats=8"]),
    ("SGD, 8 learning rates, K = 8", "learning-rates", 8, []),
    ("momentum, K = 1", "momentum", 1, []),
    ("Adam, K = 1", "adam", 1, []),
    ("dropout 0.5, K = 1", "dropout", 1, []),
    ("batch norm on 3 layers, K = 1", "batch-norm", 1, []),
    ("Adam on 3 layers, K = 1", "adam-deep", 1, []),
    ("SGD and Adam, K = 2", "optimizers", 2, []),
    ("CNN, K = 1", "cnn", 1, []),
]
# Compute capability, and the targets of NVRTC that are right for it.
CAPABILITIES = {"8.0": ["sm_80"], "9.0": ["sm_90", "sm_90a"]}
# The one whose launches and copies are counted. For the others every kernel is compiled; their counts
# were the same whenever both were taken.
COUNTED = "9.0"
BATCH = 64
BATCHES = 10
# The lines of the stub's log that are counted, and what they count as.
KINDS = {
    "launch": "launches",
    "htod": "copies_to_device",
    "dtoh": "copies_to_host",
    "dtod": "copies_on_device",
    "memset": "copies_on_device",
    "graph": "graphs",
}
SECONDS = 600


class Failure(Exception):
    """Why a configuration cannot be counted, or is not as it should be."""


class Run:
    """The counts of one training."""

    def __init__(self, lines):
        self.counts = dict.fromkeys(KINDS.values(), 0)
        self.bytes_to_device = 0
        self.targets = set()
        self.modules = 0
        self.compiled = 0
        self.on_tensor_cores = 0
        self.errors = []
        for line in lines:
            kind, _, rest = line.partition(" ")
            if kind in KINDS:
                self.counts[KINDS[kind]] += 1
            if kind == "htod":
                self.bytes_to_device += int(rest.split()[1])
            elif kind == "module":
                self.modules += 1
                self.targets.add(rest.split()[1])
            elif kind == "compile":
                self.compiled += 1
                if rest.split()[0] != "0":
                    self.errors.append(f"NVRTC: error {rest}")
            elif kind == "tensorcores":
                self.on_tensor_cores += 1
            elif kind == "#":
                self.errors.append(rest)


class Judge:
    """Trains configurations with one compute capability."""

    def __init__(self, options, capability, folder, measured):
        self.options = options
        # The profiles of what was trained on the CPU.
        self.measured = measured
        self.capability = capability
        self.folder = folder
        # Kernels are compiled once for all runs of this judge: the folder is empty at first.
        cache = json.dumps(str(folder / "ptx"))
        (folder / "cubecl.toml").write_text(f"[compilation]\ncache = {{ file = {cache} }}\n")

    def count(self, sweep, cohort, overrides):
        """The cost of a step, of an epoch and of the rest, and the kernels that were loaded."""
        plans = [(1, 2), (2, 2), (3, 2), (1, 3)]
        one, two, three, longer = (
            self.train(sweep, cohort, overrides, BATCHES * times, epochs) for times, epochs in plans
        )
        step, epoch, rest = {}, {}, {}
        for kind in one.counts:
            costs = [run.counts[kind] for run in (one, two, three, longer)]
            more, again = costs[1] - costs[0], costs[2] - costs[1]
            each, left = divmod(more, 2 * BATCHES)
            if more != again or left != 0:
                raise Failure(
                    f"{kind} are not a whole number for each step: {costs[:3]} in all over "
                    f"{BATCHES}, {2 * BATCHES} and {3 * BATCHES} batches in two epochs"
                )
            step[kind] = each
            epoch[kind] = costs[3] - costs[0] - BATCHES * each
            rest[kind] = costs[0] - 2 * (epoch[kind] + BATCHES * each)
        more = two.bytes_to_device - one.bytes_to_device
        return {
            "step": step,
            "epoch": epoch,
            "rest": rest,
            "bytes_to_device_for_each_step": more // (2 * BATCHES),
            "kernels": one.modules,
        }

    def train(self, sweep, cohort, overrides, batches, epochs):
        """Trains once on the stub."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        overrides = [
            *overrides,
            f"data.limit={BATCH * batches}",
            f"training.epochs={epochs}",
        ]
        # After its runs, tp-sweep measures each trial's speed by steps whose number depends on the
        # time that they take. What is measured already is not measured again: the CPU does it.
        key = (sweep, *overrides)
        if key not in self.measured:
            self.call(folder, sweep, cohort, overrides, "cpu")
            self.measured[key] = self.profiles(folder)
            shutil.rmtree(folder / "runs")
        profiles = self.measured[key]
        for path, content in profiles.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        log = folder / "log"
        self.call(folder, sweep, cohort, overrides, "cuda", log)
        run = Run(log.read_text(errors="replace").splitlines() if log.exists() else [])
        if self.profiles(folder) != profiles:
            raise Failure("the speed was measured on the stub: its steps are in the counts")
        self.check(folder, run, cohort, epochs)
        shutil.rmtree(folder)
        return run

    def call(self, folder, sweep, cohort, overrides, device, log=None):
        command = [self.options.binary, "run", HERE / "sweeps" / f"{sweep}.yaml"]
        command += ["--device", device, "--cohort", str(cohort), "--workers", "1", "--quiet"]
        command += ["--data", ROOT / "data", "--runs", folder / "runs"]
        command += ["--reports", folder / "reports"]
        command += [part for override in overrides for part in ("--set", override)]
        environment = dict(os.environ)
        if log:
            paths = [self.options.lib, environment.get("LD_LIBRARY_PATH")]
            environment |= {
                "LD_LIBRARY_PATH": os.pathsep.join(str(path) for path in paths if path),
                "CUDA_PATH": str(self.options.cuda),
                "CUDA_STUB_LOG": str(log),
                "CUDA_STUB_CAPABILITY": self.capability,
                "CUDA_STUB_FIRST_READ": "8.0",
            }
        ended = subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=SECONDS,
        )
        if ended.returncode != 0:
            reasons = [f"exit code {ended.returncode} on {device}", *ended.stdout.splitlines()[:20]]
            if log and log.exists():
                errors = Run(log.read_text(errors="replace").splitlines()).errors
                reasons += list(dict.fromkeys(errors))[:20]
            for result in folder.glob("runs/*/*/*/result.json"):
                failure = json.loads(result.read_text())["result"]["failure"]
                reasons += [json.dumps(failure)[:2000]] if failure else []
            raise Failure("\n".join(reasons))

    @staticmethod
    def profiles(folder):
        paths = folder.glob("runs/*/*/profile.json")
        return {str(path.relative_to(folder)): path.read_bytes() for path in paths}

    def check(self, folder, run, cohort, epochs):
        """What was counted is what was asked for."""
        if run.errors:
            raise Failure("\n".join(list(dict.fromkeys(run.errors))[:20]))
        if run.on_tensor_cores:
            raise Failure(f"{run.on_tensor_cores} kernels multiply on tensor cores: that is not float32")
        if not run.counts["launches"] and not run.counts["graphs"]:
            raise Failure("no kernel was launched")
        wrong = run.targets - set(CAPABILITIES[self.capability])
        if wrong or not run.targets:
            raise Failure(f"kernels were compiled for {sorted(run.targets)}")
        results = list(folder.glob("runs/*/*/*/result.json"))
        if len(results) != cohort:
            raise Failure(f"{len(results)} results of {cohort} runs")
        for path in results:
            result = json.loads(path.read_text())["result"]
            told = (result["failure"], result["final_epoch"], result["cohort"])
            if told != (None, epochs, cohort) or not result["device"].startswith("cuda"):
                raise Failure(f"failure, epochs and cohort are {told} on {result['device']}")


def differences(expected, counted):
    """Where the counts of a step or an epoch are not those of the snapshot."""
    if expected is None:
        return ["not in expected.json: run with --update"]
    found = []
    for part in ("step", "epoch"):
        for kind, now in counted[part].items():
            before = expected[part].get(kind, 0)
            if now != before:
                word = "more" if now > before else "fewer: run with --update if this is meant"
                found.append(f"{kind} of {part}: {now}, expected {before} ({word})")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lib", type=pathlib.Path, required=True, help="libcuda.so, libnvrtc.so")
    parser.add_argument("--cuda", type=pathlib.Path, required=True, help="the folder of include/")
    parser.add_argument("--update", action="store_true", help="write expected.json anew")
    parser.add_argument("--only", help="a part of the names of configurations")
    default = ROOT / "target/release/tp-sweep"
    parser.add_argument("binary", type=pathlib.Path, nargs="?", default=default)
    options = parser.parse_args()
    for path in ("binary", "lib", "cuda"):
        setattr(options, path, getattr(options, path).resolve())
    snapshot = json.loads(EXPECTED.read_text()) if EXPECTED.exists() else {}
    wanted = [row for row in CONFIGURATIONS if not options.only or options.only in row[0]]
    if not wanted:
        parser.error(f"no configuration is called {options.only}")

    passed, failed, measured = 0, 0, {}
    print(f"{'':42} {'one step':^17}   {'one epoch':^17}")
    heads = ("launches", "copies", "launches", "copies", "kernels", "seconds")
    print("capability  {:30} {:>8} {:>8}   {:>8} {:>8}   {:>7} {:>7}".format("", *heads))
    for capability in CAPABILITIES:
        is_counted = capability == COUNTED
        with tempfile.TemporaryDirectory(prefix="tp-sweep-cuda-") as folder:
            judge = Judge(options, capability, pathlib.Path(folder).resolve(), measured)
            for name, sweep, cohort, overrides in wanted:
                started = time.monotonic()
                try:
                    if not is_counted:
                        run = judge.train(sweep, cohort, overrides, BATCHES, 2)
                        seconds = time.monotonic() - started
                        wrong, row = [], f"{'compiled':>37}   {run.modules:>7} {seconds:>7.0f}"
                        print(f"{capability:11} {name:30} {row}", flush=True)
                        passed += 1
                        continue
                    counted = judge.count(sweep, cohort, overrides)
                    if options.update:
                        snapshot[name] = counted
                    wrong = differences(snapshot.get(name), counted)
                    step, epoch = counted["step"], counted["epoch"]
                    numbers = (
                        *(part[kind] for part in (step, epoch) for kind in list(step)[:2]),
                        counted["kernels"],
                        time.monotonic() - started,
                    )
                    row = "{:>8} {:>8}   {:>8} {:>8}   {:>7} {:>7.0f}".format(*numbers)
                except (Failure, subprocess.TimeoutExpired) as error:
                    wrong, row = str(error).splitlines(), "failed"
                print(f"{capability:11} {name:30} {row}", flush=True)
                for line in wrong:
                    print(f"  ! {line}")
                passed, failed = passed + (not wrong), failed + bool(wrong)
    if options.update:
        # In the order of the list, without what is not in it any more.
        names = [row[0] for row in CONFIGURATIONS]
        ordered = {name: snapshot[name] for name in names if name in snapshot}
        EXPECTED.write_text(json.dumps(ordered, indent=1) + "\n")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
