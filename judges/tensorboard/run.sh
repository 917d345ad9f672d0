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

# `board` starts this TensorBoard and prints its address, which must serve the results.
cd "$folder"
printf 'name: smoke\n' > smoke.yaml
PATH="$OLDPWD/$environment/bin:$PATH" env -u DISPLAY -u WAYLAND_DISPLAY "$binary" board smoke.yaml > board.txt &
board=$!
trap 'kill "$board" 2> /dev/null || true; pkill -f "logdir runs/smoke --host 127.0.0.1" || true; rm -rf "$folder"' EXIT
until [ -s board.txt ] || ! kill -0 "$board"; do sleep 0.2; done
address=$(head -n 1 board.txt)
"$OLDPWD/$environment/bin/python" - "$address" << 'PYTHON'
import json
import sys
import urllib.request

runs = json.load(urllib.request.urlopen(sys.argv[1] + "data/runs"))
assert any("width64_lr0.1" in run for run in runs), runs
print(f"board: {sys.argv[1]} serves {len(runs)} runs")
PYTHON
