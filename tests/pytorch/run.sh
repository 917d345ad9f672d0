#!/usr/bin/env bash
# Makes the JSON files of this folder again with PyTorch itself.
#   tests/pytorch/run.sh
# Makes a virtual environment under target/ with the versions in requirements.txt (from PyPI, 6 GB).
set -euo pipefail
cd "$(dirname "$0")/../.."
environment=target/pytorch-environment
if ! cmp -s tests/pytorch/requirements.txt "$environment/requirements.txt"; then
  rm -rf "$environment"
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --requirement tests/pytorch/requirements.txt
  cp tests/pytorch/requirements.txt "$environment/"
fi
"$environment/bin/python" -B tests/pytorch/make.py
