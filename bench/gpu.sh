#!/usr/bin/env bash
# Measures tp-sweep and its peers on a GPU in one call of at most 9 minutes; writes gpu.json.
#   bench/gpu.sh [tp-sweep binary, or the same compressed with xz]
# Needs the NVIDIA driver, NVRTC and the CUDA headers (12 or 13), and a python3 with PyTorch and JAX;
# no network and no Rust. To send a small binary: xz -9e -k target/release/tp-sweep
#
# Results go to $OUT, or else to target/bench: gpu.json, parity.md, axe5-full.md and .csv. gpu.json is
# written after every figure, so that nothing is lost when the call ends early.
# Exit codes: 0 every stage passed; 1 some failed, see gpu.json; 2 something is missing.
#
# STAGES="throughput peers" runs only these stages. TOTAL_SECONDS=60 scales all time limits.
# DEVICE=cpu or DEVICE=vulkan rehearses the script without CUDA; COHORTS="1 2" and MEMBERS=2 keep a
# rehearsal small.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=${1:-target/release/tp-sweep}
if [ $# -eq 0 ] && [ ! -e "$binary" ]; then binary=$binary.xz; fi
exec "${PYTHON:-python3}" -B -u bench/gpu.py "$binary" --out "${OUT:-target/bench}" \
  --device "${DEVICE:-cuda}" ${TOTAL_SECONDS:+--total-seconds "$TOTAL_SECONDS"} \
  ${STAGES:+--stages $STAGES} ${COHORTS:+--cohorts $COHORTS} ${MEMBERS:+--members "$MEMBERS"}
