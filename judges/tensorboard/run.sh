#!/usr/bin/env bash
# Reads what a sweep wrote with TensorBoard itself and with pandas.
#   judges/tensorboard/run.sh [tp-sweep binary]
# Also reads what `cargo test --test it every_plugin` wrote: data of every plugin, with the numbers
# themselves beside it.
# Makes a virtual environment under target/ with the versions in requirements.txt (from PyPI).
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=$(realpath "${1:-target/release/tp-sweep}")
environment=$(judges/environment.sh judges/tensorboard)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$binary" sweeps/smoke.yaml --set tensorboard.histograms=1 --device cpu --quiet \
  --runs "$folder/runs" --reports "$folder/reports"
"$environment/bin/python" judges/tensorboard/check.py "$folder"
"$environment/bin/python" judges/tensorboard/check.py target/tmp/every-plugin
