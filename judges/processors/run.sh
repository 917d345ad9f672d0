#!/usr/bin/env bash
# Trains small sweeps on emulated kinds of processors and grades them on this one.
#   judges/processors/run.sh [BINARY]
# Needs qemu-x86_64 (Debian: qemu-user) and Python.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=$(realpath "${1:-target/release/tp-sweep}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -B judges/processors/check.py "$binary" "$folder"
