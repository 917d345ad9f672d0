#!/usr/bin/env bash
# Makes values.json again with SciPy and statsmodels.
#   judges/statistics/run.sh
# Makes a virtual environment under target/ with the versions in requirements.txt (from PyPI).
set -euo pipefail
cd "$(dirname "$0")/../.."
environment=$(judges/environment.sh judges/statistics)
OPENBLAS_NUM_THREADS=1 "$environment/bin/python" -B judges/statistics/make.py
