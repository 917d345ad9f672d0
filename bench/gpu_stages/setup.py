"""Before anything is measured: the program is unpacked, and what it needs is found."""

import lzma
import os
import shutil
import subprocess

import process

from . import cuda_driver, cuda_toolkit, kernel_cache


def prepare(context):
    """Sets up `context`; returns what is missing, as sentences."""
    missing = []
    try:
        context.binary = unpack(context.options.binary, context.work)
        version = process.run([context.binary, "--version"], 20).output.strip()
        context.results["tp_sweep_version"] = version
        context.say(f"{version}, {context.binary.stat().st_size} bytes")
    except (process.Failed, OSError, lzma.LZMAError) as error:
        missing.append(f"a tp-sweep binary that runs: {error}")
    if context.on_cuda:
        missing += prepare_cuda(context)
    missing = [context.without_paths(each) for each in missing]
    context.results["missing"] = missing
    context.save()
    return missing


def prepare_cuda(context):
    """The driver, then NVRTC and headers that compile for its GPU."""
    missing = []
    environment = context.environment
    try:
        gpu = cuda_driver.describe(environment)
        context.results["machine"] |= gpu
        context.say(f"{gpu['gpu']}, driver {gpu['driver']}, CUDA {gpu['driver_cuda']}")
    except cuda_driver.Missing as error:
        gpu = None
        missing.append(f"{error}")
    try:
        toolkit = cuda_toolkit.find(context.work, environment, gpu)
        context.results["cuda_toolkit"] = toolkit.describe()
        context.environment = toolkit.environment
        kernel_cache.enable(context.work)
        context.say(f"NVRTC {toolkit.nvrtc_version}, headers {toolkit.header_version}")
    except cuda_toolkit.Missing as error:
        missing += error.reasons
    return missing


def unpack(source, work):
    """The executable itself; xz files are unpacked by `xz` if it is installed, else by Python."""
    source = source.resolve()
    if not source.is_file():
        raise process.Failed(f"no such file: {source}")
    target = work / "tp-sweep"
    with source.open("rb") as file:
        compressed = file.read(6) == b"\xfd7zXZ\0"
    if not compressed:
        shutil.copyfile(source, target)
    elif shutil.which("xz"):
        with target.open("wb") as file:
            done = subprocess.run(["xz", "-dc", source], stdout=file, stderr=subprocess.PIPE)
        if done.returncode:
            raise process.Failed(f"xz cannot unpack {source.name}: {done.stderr.decode().strip()}")
    else:
        with lzma.open(source) as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
    os.chmod(target, 0o755)
    return target
