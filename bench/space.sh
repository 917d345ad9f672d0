#!/usr/bin/env bash
# Measures a training step of tp-sweep and its peers in a whole space of networks, and writes
# docs/benchmarks-space.md.
#   bench/space.sh [--only FILTER…] [--rounds N] [other options: --help]
#   bench/space.sh --only optimizer=adam,width=64 network=cifar10 --rounds 1
# The same command again continues where it stopped. PAGE=FILE writes the page elsewhere.
# BENCH_ENVIRONMENT=FOLDER is a virtual environment that is there already; otherwise one is made
# under target/ with the versions in requirements.txt (from PyPI). TP_SWEEP=FILE is a built
# tp-sweep; otherwise it is built. torch.compile and the limit of memory need a C compiler. Nothing
# else should run meanwhile. All cells take several hours, most of them for torch.compile.
set -euo pipefail
cd "$(dirname "$0")/.."
environment=${BENCH_ENVIRONMENT:-$(judges/environment.sh bench)}
if [ -z "${TP_SWEEP:-}" ]; then
  cargo build --release
  cargo bench --no-run --bench sgemm
fi
PYTHONPATH=bench exec "$environment/bin/python" -B -m space "$@"
