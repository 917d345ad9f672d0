"""NVRTC and the CUDA headers, wherever pip or the system put them.

CubeCL asks the loader for `libnvrtc.so`, then for names of version 12, never for `libnvrtc.so.13`;
headers it takes from `$CUDA_PATH/include` and `$CUDA_PATH/include/cccl`. So the pair that is found
becomes one folder of symbolic links, with the names that CubeCL looks for.
"""

import glob
import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import process

from .cuda_driver import prepend

PROBE = Path(__file__).with_name("nvrtc_probe.py")
LIBRARY_FOLDERS = ("lib64", "lib", "targets/x86_64-linux/lib", "lib/x86_64-linux-gnu")
INCLUDE_FOLDERS = ("include", "targets/x86_64-linux/include")
MAIN_HEADER = "cuda_runtime.h"
# CUDA 12 and CUDA 13.
CRT_PACKAGE = "pip install nvidia-cuda-nvcc-cu12 or nvidia-cuda-crt"
# Pairs of a library and headers that are tried.
MAX_TRIES = 8


class Missing(Exception):
    """What a user has to install; `reasons` has one sentence for each."""

    def __init__(self, *reasons):
        super().__init__("; ".join(reasons))
        self.reasons = list(reasons)


@dataclass
class Toolkit:
    environment: dict
    nvrtc_version: str
    header_version: str
    # The headers of cuda::barrier and others, which only some kernels include.
    cccl: bool
    # How NVRTC and the headers were installed: "pip" or "system".
    source: str

    def describe(self):
        return {
            "nvrtc": self.nvrtc_version,
            "headers": self.header_version,
            "cccl": self.cccl,
            "source": self.source,
        }


def find(work, environment, gpu):
    """The first pair of NVRTC and headers that compiles for the GPU, newest first."""
    roots = search_roots(environment)
    libraries, headers = nvrtc_libraries(roots, environment), header_sets(roots)
    reasons = []
    if not libraries:
        reasons.append("NVRTC: no libnvrtc.so of CUDA 12 or 13 (pip install nvidia-cuda-nvrtc)")
    if not headers:
        reasons.append(f"the CUDA headers: no {MAIN_HEADER} (pip install nvidia-cuda-runtime)")
    if reasons:
        raise Missing(*reasons)
    compute = (gpu or {}).get("compute_capability", "9.0").replace(".", "")
    architecture = f"sm_{compute}{'a' if int(compute) >= 90 else ''}"
    driver = version_tuple((gpu or {}).get("driver_cuda", "99.0"))
    for library, includes in pairs(libraries, headers)[:MAX_TRIES]:
        folder = link(work / "cuda", library, includes)
        linked = dict(environment, CUDA_PATH=str(folder))
        prepend(linked, "LD_LIBRARY_PATH", library.parent)
        prepend(linked, "LD_LIBRARY_PATH", folder / "lib64")
        try:
            found = probe(folder, architecture, linked)
        except process.Failed as error:
            first = f"{error}".splitlines()[0]
            reasons.append(f"headers that {library.name} compiles (for crt/: {CRT_PACKAGE}): {first}")
            continue
        # The driver does not load PTX of a newer CUDA.
        if version_tuple(found["nvrtc"]) > driver:
            reasons.append(f"an NVRTC for this driver: {found['nvrtc']} is newer than the driver")
            continue
        source = "pip" if "/nvidia/" in str(library) else "system"
        header = ".".join(map(str, header_version(includes[0])))
        return Toolkit(linked, found["nvrtc"], header, found["cccl"], source)
    raise Missing(*dict.fromkeys(reasons))


def search_roots(environment):
    """Folders that may hold a toolkit. CUDA_ROOTS, for tests, replaces all others."""
    if "CUDA_ROOTS" in environment:
        return [Path(each) for each in environment["CUDA_ROOTS"].split(os.pathsep) if each]
    found = [environment.get(name) for name in ("CUDA_PATH", "CUDA_HOME", "CUDA_ROOT")]
    if compiler := shutil.which("nvcc"):
        found.append(Path(compiler).resolve().parents[1])
    found += ["/usr/local/cuda", *sorted(glob.glob("/usr/local/cuda-*"), reverse=True)]
    found.append("/opt/cuda")
    for packages in sys.path:
        found += sorted(glob.glob(f"{packages}/nvidia/*"), reverse=True)
    found.append("/usr")
    existing = [Path(each) for each in found if each and Path(each).is_dir()]
    return list(dict.fromkeys(existing))


def nvrtc_libraries(roots, environment):
    folders = [root / folder for root in roots for folder in LIBRARY_FOLDERS]
    if "CUDA_ROOTS" not in environment:
        folders += [Path(each) for each in environment.get("LD_LIBRARY_PATH", "").split(":") if each]
    found = [path for folder in folders for path in sorted(folder.glob("libnvrtc.so*"))]
    # One file has several names; the one with the major version is the one to load.
    return list({path.resolve(): path for path in found if nvrtc_major(path) in (12, 13)})


def nvrtc_major(path):
    found = re.search(r"\.so\.(\d+)", path.resolve().name)
    return int(found[1]) if found else None


def header_sets(roots):
    """Lists of include folders that belong together; the first of each has the main header."""
    found = {}
    for root in roots:
        for folder in (root / each for each in INCLUDE_FOLDERS):
            if (folder / MAIN_HEADER).exists():
                # pip's packages of CUDA 12 have one folder each, side by side.
                others = sorted(root.parent.glob("*/include")) if root.parent.name == "nvidia" else []
                found.setdefault(folder.resolve(), [folder, *(o for o in others if o != folder)])
    return list(found.values())


def header_version(folder):
    path = folder / "cuda_runtime_api.h"
    found = path.exists() and re.search(r"#define\s+CUDART_VERSION\s+(\d+)", path.read_text("latin-1"))
    number = int(found[1]) if found else 0
    return number // 1000, number % 1000 // 10


def pairs(libraries, headers):
    """Newest library first; with each, headers of the same major version first."""

    def difference(pair):
        library, includes = pair
        return -nvrtc_major(library), abs(header_version(includes[0])[0] - nvrtc_major(library))

    every = [(library, includes) for library in libraries for includes in headers]
    return sorted(every, key=difference)


def link(folder, library, includes):
    """A folder of symbolic links, with the names that CubeCL looks for."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "include").mkdir(parents=True)
    (folder / "lib64").mkdir()
    for include in includes:
        for entry in include.iterdir():
            target = folder / "include" / entry.name
            if not target.exists():
                target.symlink_to(entry.resolve())
    (folder / "lib64" / "libnvrtc.so").symlink_to(library)
    for builtins in library.parent.glob("libnvrtc-builtins.so*"):
        (folder / "lib64" / builtins.name).symlink_to(builtins.resolve())
    return folder


def probe(folder, architecture, environment):
    """Compiles a kernel as CubeCL would, in a process that may crash."""
    command = [sys.executable, "-B", PROBE, folder / "include", architecture]
    return json.loads(process.run(command, 30, env=environment).output)


def version_tuple(text):
    return tuple(map(int, text.split(".")[:2]))
