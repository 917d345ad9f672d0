#!/usr/bin/env bash
# Counts kernel launches and copies of a training step on a CUDA driver that computes nothing, and
# compiles every kernel for sm_80 and sm_90 with the real NVRTC. See README.md.
#   judges/cuda/run.sh [--update] [--only NAME] [tp-sweep binary]
# Needs cc, python3 with venv, and a package index for pip; no GPU. CUDA=13 takes NVRTC 13, 12 is
# the default. All that it makes is in target/judges/.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=judges/cuda cuda=${CUDA:-12}
made=$PWD/target/judges/cuda-$cuda venv=$PWD/target/judges/cuda-venv-$cuda
requirements=$here/requirements-$cuda.txt

# NVRTC and the headers.
if ! cmp -s "$requirements" "$venv/installed.txt"; then
  rm -rf "$venv"
  "${PYTHON:-python3}" -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
  cp "$requirements" "$venv/installed.txt"
fi
packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
nvrtc=$(echo "$packages"/nvidia/*/lib/libnvrtc.so."$cuda")

# CUDA's folder as cubecl expects it: include/, and CCCL's headers in include/cccl/. The wheels of
# CUDA 12 have a folder of their own each, and all an __init__.py, of which one link is enough.
rm -rf "$made"
mkdir -p "$made/home/include" "$made/lib"
for include in "$packages"/nvidia/*/include; do
  case $include in
    */cuda_cccl/include) ln -s "$include" "$made/home/include/cccl" ;;
    *) cp -rs "$include/." "$made/home/include/" 2> /dev/null || true ;;
  esac
done
test -f "$made/home/include/crt/mma.h"

# The driver, and NVRTC with a log. `libcuda.so` and `libnvrtc.so` are the first names that cudarc
# looks for.
flags=(-O2 -Wall -Wextra -Wno-unused-parameter -shared -fPIC)
"${CC:-cc}" "${flags[@]}" -o "$made/lib/libcuda.so" $here/libcuda_stub.c -lpthread
"${CC:-cc}" "${flags[@]}" -o "$made/lib/libnvrtc.so" $here/libnvrtc_log.c -Wl,--no-as-needed \
  -L "$(dirname "$nvrtc")" -l:"$(basename "$nvrtc")" -Wl,-rpath,"$(dirname "$nvrtc")" -ldl

exec "$venv/bin/python" -B $here/count.py --lib "$made/lib" --cuda "$made/home" "$@"
