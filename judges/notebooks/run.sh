#!/usr/bin/env bash
# Executes the notebooks of the course, in English and in French, in folders that `tp-sweep init course` writes.
#   judges/notebooks/run.sh [BINARY [FOLDER]]
# FOLDER keeps the projects and the executed notebooks, also as HTML.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=$(realpath "${1:-target/release/tp-sweep}")
python=$PWD/$(judges/environment.sh judges/notebooks)/bin/python
if [ $# -ge 2 ]; then
  mkdir -p "$2"
  folder=$(realpath "$2")
else
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
fi
"$python" -B notebooks/build.py --check
PYTHONPATH=$PWD/python TP_SWEEP=$binary PYTHONDONTWRITEBYTECODE=1 "$python" -B judges/notebooks/check.py "$folder"
