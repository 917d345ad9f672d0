"""What the stages share: the program, the time that is left, and the results so far."""

import os
import sys
import tempfile
import time
from pathlib import Path

import machine
import process
import tp_sweep

# With less time left than this, nothing that is started would finish.
MIN_SECONDS = 1.0


class Unavailable(Exception):
    """Something optional is not installed: recorded, but not a failure."""


class Context:
    def __init__(self, options, work, slowness=1.0):
        # `slowness` lengthens the limits of single programs: a software device needs more time.
        self.options, self.work, self.slowness = options, work, slowness
        self.started = time.monotonic()
        self.deadline = self.started + options.total_seconds
        self.binary = None
        # The environment of tp-sweep; the peers keep their own libraries.
        self.environment = dict(os.environ)
        # Set by the device check: without a device that trains, no other stage tries it.
        self.device_fails = False
        self.stage = "setup"
        self.results = {
            "format": 2,
            "device": options.device,
            "machine": machine.describe(),
            "stages": [],
            "failures": [],
            "unavailable": [],
        }

    @property
    def on_cuda(self):
        return self.options.device.startswith("cuda")

    @property
    def peer_device(self):
        """Peers have no Vulkan backend."""
        return "cuda" if self.on_cuda else "cpu"

    def say(self, text):
        print(f"{time.monotonic() - self.started:6.1f} s  {text}", flush=True)

    def save(self):
        process.write_json(self.options.out / "gpu.json", self.results)

    def record(self, key, value):
        """Adds a figure; lists grow by one."""
        if isinstance(self.results.get(key), list):
            self.results[key].append(value)
        else:
            self.results[key] = value
        self.save()

    def seconds_left(self):
        """Until the end of this stage."""
        return self.deadline - time.monotonic()

    def limit(self, seconds):
        """The time limit of one program: `seconds`, or what is left of the stage."""
        left = self.seconds_left()
        if left < MIN_SECONDS:
            raise process.TimedOut("no time left in this stage")
        return min(seconds * self.slowness, left)

    def run_stage(self, name, action, deadline):
        """Runs a stage; whatever happens is recorded, and the next stage follows."""
        self.stage, self.deadline = name, deadline
        started, failures = time.monotonic(), len(self.results["failures"])
        budget = self.seconds_left()
        self.say(f"== {name}, at most {max(budget, 0):.0f} s")
        self.attempt(None, lambda: action(self))
        failed = self.results["failures"][failures:]
        self.results["stages"].append(
            {
                "stage": name,
                "status": "failed" if failed else "passed",
                "budget_seconds": round(budget, 1),
                "seconds": round(time.monotonic() - started, 1),
            }
        )
        self.save()

    def attempt(self, item, action):
        """The result of one part of a stage, or None with a recorded failure."""
        label = f"{self.stage}, {item}" if item else self.stage
        entry = {"stage": self.stage, "item": item}
        try:
            return action()
        except Unavailable as reason:
            self.say(f"{label}: not available: {reason}")
            self.results["unavailable"].append(entry | {"reason": f"{reason}"})
        # One figure may fail in any way; the others are still wanted.
        except Exception as error:
            kind = "timeout" if isinstance(error, process.TimedOut) else "error"
            message = self.without_paths(f"{error}" or type(error).__name__)
            self.say(f"{label} failed: {message}")
            self.results["failures"].append(entry | {"kind": kind, "message": message})
        self.save()

    def without_paths(self, text):
        """Results are published: they must not show where this machine keeps its files."""
        places = {
            str(tp_sweep.ROOT): ".",
            str(self.work): "WORK",
            sys.prefix: "PYTHON",
            str(Path.home()): "HOME",
            tempfile.gettempdir(): "TMP",
        }
        for place, name in places.items():
            if place not in ("/", "/usr"):
                text = text.replace(place, name)
        return text

    def require_device(self):
        if self.device_fails:
            raise process.Failed("skipped: the device check failed")

    def sweep(self, file, folder, options, limit_seconds, device=None, **how):
        """Runs a sweep on the device, with the libraries that `setup` found."""
        self.require_device()
        options = ["--device", device or self.options.device, *options]
        return tp_sweep.sweep(
            self.binary,
            tp_sweep.ROOT / file,
            folder,
            options,
            limit_seconds,
            env=self.environment,
            cwd=self.work,
            **how,
        )

    def finish(self):
        failures, unavailable = self.results["failures"], self.results["unavailable"]
        for entry in failures:
            self.say(f"failed: {entry['stage']}, {entry['item'] or 'the whole stage'}")
        self.say(f"{len(failures)} failures, {len(unavailable)} not available")
        return 1 if failures else 0
