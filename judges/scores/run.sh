#!/usr/bin/env bash
# Makes values.json again with scikit-learn.
#   judges/scores/run.sh
# Makes a virtual environment under target/ with the versions in requirements.txt (from PyPI).
set -euo pipefail
cd "$(dirname "$0")/../.."
environment=$(judges/environment.sh judges/scores)
"$environment/bin/python" -B judges/scores/make.py
