#!/usr/bin/env bash
# Makes values.json again with SciPy and statsmodels.
#   tests/statistics/run.sh
# Makes a virtual environment under target/ with the versions in requirements.txt (from PyPI).
set -euo pipefail
cd "$(dirname "$0")/../.."
environment=target/statistics-environment
if ! cmp -s tests/statistics/requirements.txt "$environment/requirements.txt"; then
  rm -rf "$environment"
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --requirement tests/statistics/requirements.txt
  cp tests/statistics/requirements.txt "$environment/"
fi
OPENBLAS_NUM_THREADS=1 "$environment/bin/python" -B tests/statistics/make.py
