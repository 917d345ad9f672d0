"""Samples a GPU's load, memory and energy by NVML while a program runs."""

import bisect
import ctypes
import threading
import time

INTERVAL_SECONDS = 0.05
LIBRARIES = ("libnvidia-ml.so.1", "/usr/local/nvidia/lib64/libnvidia-ml.so.1")


class Utilization(ctypes.Structure):
    _fields_ = [("gpu", ctypes.c_uint), ("memory", ctypes.c_uint)]


class Memory(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulonglong) for name in ("total", "free", "used")]


class Nvml:
    """The few calls of NVML that are needed; OSError where there is no NVML."""

    def __init__(self, libraries=LIBRARIES, index=0):
        self.library = first_library(libraries)
        self.device = ctypes.c_void_p()
        if self.library.nvmlInit_v2():
            raise OSError("NVML does not start")
        if self.library.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(self.device)):
            raise OSError(f"NVML sees no GPU {index}")

    def read(self, function, kind):
        """None if this GPU does not report it."""
        value = kind()
        status = getattr(self.library, function)(self.device, ctypes.byref(value))
        return None if status else value

    def sample(self):
        load = self.read("nvmlDeviceGetUtilizationRates", Utilization)
        memory = self.read("nvmlDeviceGetMemoryInfo", Memory)
        power = self.read("nvmlDeviceGetPowerUsage", ctypes.c_uint)
        # Millijoules since the driver was loaded.
        energy = self.read("nvmlDeviceGetTotalEnergyConsumption", ctypes.c_ulonglong)
        return {
            "time": time.monotonic(),
            "busy_percent": load and load.gpu,
            "memory_bytes": memory and memory.used,
            "watts": power and power.value / 1000,
            "joules": energy and energy.value / 1000,
        }


def first_library(names):
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:
            pass
    raise OSError("there is no NVML")


class GpuMonitor(threading.Thread):
    """Samples until the end of a `with` block; without NVML there are no samples."""

    def __init__(self, enabled, libraries=LIBRARIES):
        super().__init__(daemon=True)
        self.samples, self.stopped = [], threading.Event()
        try:
            self.nvml = Nvml(libraries) if enabled else None
        except (OSError, AttributeError):
            self.nvml = None

    def __enter__(self):
        if self.nvml:
            self.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        if self.nvml:
            self.join()

    def run(self):
        while not self.stopped.is_set():
            self.samples.append(self.nvml.sample())
            self.stopped.wait(INTERVAL_SECONDS)

    def usage(self, start=float("-inf"), end=float("inf")):
        """Means and peaks between two moments; `None` for what was not sampled."""
        samples = [each for each in self.samples if start <= each["time"] <= end]
        if not samples:
            return None
        return {
            "samples": len(samples),
            "busy_percent": mean(samples, "busy_percent"),
            "watts": mean(samples, "watts"),
            "peak_memory_bytes": max(values(samples, "memory_bytes"), default=None),
            "joules": self.joules(start, end),
        }

    def joules(self, start, end):
        """From the energy counter, or from power if there is none; None if neither is reported."""
        counted = [(each["time"], each["joules"]) for each in self.samples if each["joules"]]
        if len(counted) > 1:
            return interpolate(counted, end) - interpolate(counted, start)
        inside = [each for each in self.samples if start <= each["time"] <= end]
        watts = mean(inside, "watts")
        return watts and watts * (inside[-1]["time"] - inside[0]["time"])


def values(samples, key):
    return [each[key] for each in samples if each[key] is not None]


def mean(samples, key):
    found = values(samples, key)
    return sum(found) / len(found) if found else None


def interpolate(points, moment):
    """The value at a moment, on straight lines between points."""
    after = bisect.bisect_left(points, (moment,))
    if after in (0, len(points)):
        return points[min(after, len(points) - 1)][1]
    (t0, v0), (t1, v1) = points[after - 1], points[after]
    return v0 + (v1 - v0) * (moment - t0) / (t1 - t0)
