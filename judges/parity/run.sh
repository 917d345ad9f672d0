#!/usr/bin/env bash
# Trains sweeps/parity.yaml and compares it with PyTorch's figures; writes docs/parity.md.
#   judges/parity/run.sh [tp-sweep binary [options of tp-sweep]]
# Runs that have a result are not trained again. Exit code 1: a row is outside what is allowed.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=$(realpath "${1:-target/release/tp-sweep}")
"$binary" sweeps/parity.yaml "${@:2}"
# PAGE=FILE writes the page elsewhere.
python3 -B judges/parity/compare.py --page "${PAGE:-docs/parity.md}"
