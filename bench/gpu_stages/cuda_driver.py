"""The NVIDIA driver and its first GPU."""

import ctypes
import os
import subprocess
from pathlib import Path

# Where containers mount the driver; the loader does not always look there.
DRIVER_FOLDERS = ("/usr/local/nvidia/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/wsl/lib")
LIBRARY = "libcuda.so.1"
QUERY = "name,driver_version,memory.total,power.limit,clocks.max.sm"


class Missing(Exception):
    """There is no driver, or it sees no GPU."""


def describe(environment):
    """The GPU's name, driver and versions; adds the driver's folder to `environment` if needed."""
    library = load(environment)
    if status := library.cuInit(0):
        raise Missing(f"a GPU: the NVIDIA driver does not start (CUDA error {status})")
    version, count, device = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
    library.cuDriverGetVersion(ctypes.byref(version))
    library.cuDeviceGetCount(ctypes.byref(count))
    if count.value == 0:
        raise Missing("a GPU: the NVIDIA driver sees none")
    library.cuDeviceGet(ctypes.byref(device), 0)
    name = ctypes.create_string_buffer(256)
    library.cuDeviceGetName(name, len(name), device)
    return {
        "gpu": name.value.decode(),
        "driver_cuda": f"{version.value // 1000}.{version.value % 1000 // 10}",
        # 75 is CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 76 its minor version.
        "compute_capability": f"{attribute(library, 75, device)}.{attribute(library, 76, device)}",
        "multiprocessors": attribute(library, 16, device),
    } | smi()


def load(environment):
    try:
        return ctypes.CDLL(LIBRARY)
    except OSError:
        for folder in map(Path, DRIVER_FOLDERS):
            if (folder / LIBRARY).exists():
                prepend(environment, "LD_LIBRARY_PATH", folder)
                return ctypes.CDLL(str(folder / LIBRARY))
    raise Missing(f"the NVIDIA driver: the loader does not find {LIBRARY}")


def attribute(library, number, device):
    value = ctypes.c_int()
    library.cuDeviceGetAttribute(ctypes.byref(value), number, device)
    return value.value


def smi():
    """What nvidia-smi adds, if it is installed."""
    command = ["nvidia-smi", f"--query-gpu={QUERY}", "--format=csv,noheader"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=15, check=True)
        _, driver, memory, power, clock = found.stdout.splitlines()[0].split(", ")
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return {"driver": "unknown"}
    return {"driver": driver, "memory": memory, "power_limit": power, "max_clock": clock}


def prepend(environment, name, folder):
    """Puts a folder in front of a list of folders such as LD_LIBRARY_PATH."""
    old = environment.get(name)
    environment[name] = f"{folder}{os.pathsep}{old}" if old else f"{folder}"
