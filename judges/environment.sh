#!/usr/bin/env bash
# Makes the Python environment of a judge or of the benchmarks, and prints where it is.
#   judges/environment.sh judges/page
#   judges/environment.sh bench
# It stands under target/, with the versions in the folder's requirements.txt (from PyPI), and is
# made anew when these change.
set -euo pipefail
cd "$(dirname "$0")/.."
requirements=$1/requirements.txt
environment=target/$(basename "$1")-environment
if ! cmp -s "$requirements" "$environment/requirements.txt"; then
  rm -rf "$environment"
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --requirement "$requirements"
  cp "$requirements" "$environment/"
fi
echo "$environment"
