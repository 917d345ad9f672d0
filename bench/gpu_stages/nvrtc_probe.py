"""Compiles a kernel with the NVRTC that the loader finds, as CubeCL does; needs no GPU.

    nvrtc_probe.py INCLUDE-FOLDER ARCHITECTURE

Prints NVRTC's version, and whether the headers of CCCL are there, as JSON.
"""

import ctypes
import json
import sys
from pathlib import Path

KERNEL = 'extern "C" __global__ void probe(float *x) { x[threadIdx.x] += 1.0f; }\n'
HEADERS = ("cuda_runtime.h", "cuda_fp16.h", "cuda_bf16.h", "mma.h")
CCCL_HEADERS = ("cooperative_groups.h", "cooperative_groups/memcpy_async.h", "cuda/barrier")


def main():
    include, architecture = Path(sys.argv[1]), sys.argv[2]
    try:
        nvrtc = ctypes.CDLL("libnvrtc.so")
    except OSError as error:
        sys.exit(f"the loader refuses libnvrtc.so: {error}")
    major, minor = ctypes.c_int(), ctypes.c_int()
    nvrtc.nvrtcVersion(ctypes.byref(major), ctypes.byref(minor))
    folders = [include, include / "cccl"]
    options = [f"--gpu-architecture={architecture}", "-lineinfo"]
    options += [f"--include-path={folder}" for folder in folders if folder.exists()]
    if log := compile_kernel(nvrtc, HEADERS, options):
        errors = [line.strip() for line in log.splitlines() if "error" in line]
        sys.exit("\n".join(errors[:3]) or log)
    cccl = compile_kernel(nvrtc, HEADERS + CCCL_HEADERS, options) is None
    print(json.dumps({"nvrtc": f"{major.value}.{minor.value}", "cccl": cccl}))


def compile_kernel(nvrtc, headers, options):
    """The compiler's log if it fails, else None."""
    source = "".join(f"#include <{header}>\n" for header in headers) + KERNEL
    program = ctypes.c_void_p()
    nvrtc.nvrtcCreateProgram(ctypes.byref(program), source.encode(), None, 0, None, None)
    flags = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
    status = nvrtc.nvrtcCompileProgram(program, len(options), flags)
    if status == 0:
        return None
    size = ctypes.c_size_t()
    nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(max(size.value, 1))
    nvrtc.nvrtcGetProgramLog(program, log)
    return log.value.decode(errors="replace").strip() or f"NVRTC error {status}"


if __name__ == "__main__":
    main()
