#!/usr/bin/env bash
# Measures tp-sweep and its peers on an NVIDIA GPU, in less than 9 minutes; writes gpu.json.
#   bench/gpu.sh [tp-sweep binary]
# Needs the binary, the NVIDIA driver, CUDA's headers and NVRTC, and a python3 with PyTorch and JAX;
# no network and no Rust. gpu.json goes to $OUT, or else to target/bench, where bench/run.sh finds
# it; it is written anew after every figure, so that an early end loses nothing.
# DEVICE=cpu tries the script itself without a GPU; COHORTS="1 2" and MEMBERS=2 try small sizes.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$(realpath "${1:-target/release/tp-sweep}")
if [ "${DEVICE:-cuda}" != cpu ]; then
  nvidia-smi
fi
exec "${PYTHON:-python3}" -B -u bench/gpu.py --binary "$binary" --out "${OUT:-target/bench}" \
  --device "${DEVICE:-cuda}" ${COHORTS:+--cohorts $COHORTS} \
  ${MEMBERS:+--members "$MEMBERS"}
