#!/usr/bin/env bash
# Makes the JSON files of this folder again with PyTorch itself.
#   judges/pytorch/run.sh
# Makes a virtual environment under target/ with the versions in requirements.txt (from PyPI, 6 GB).
set -euo pipefail
cd "$(dirname "$0")/../.."
environment=$(judges/environment.sh judges/pytorch)
"$environment/bin/python" -B judges/pytorch/make.py
