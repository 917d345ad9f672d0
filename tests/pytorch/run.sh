#!/usr/bin/env bash
# Makes the JSON files of this folder again with PyTorch itself.
#   tests/pytorch/run.sh
# Makes a virtual environment under target/ with the versions in requirements.txt (from PyPI, 6 GB).
set -euo pipefail
cd "$(dirname "$0")/../.."
environment=$(tests/environment.sh tests/pytorch)
"$environment/bin/python" -B tests/pytorch/make.py
