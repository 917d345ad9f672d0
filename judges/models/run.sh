#!/usr/bin/env bash
# Trains small models, exports them, and lets PyTorch itself load them: it must answer the same.
#   judges/models/run.sh [tp-sweep binary]
# Makes a virtual environment under target/ with the versions in requirements.txt (from PyPI, 6 GB).
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=$(realpath "${1:-target/release/tp-sweep}")
environment=$(judges/environment.sh judges/models)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$environment/bin/python" -B judges/models/check.py "$binary" "$folder"
