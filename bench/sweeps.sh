#!/usr/bin/env bash
# Measures whole sweeps in tp-sweep and its peers, and writes docs/benchmarks-sweeps.md.
#   bench/sweeps.sh [--only SWEEP…] [--rounds N] [--peers PEER…] [other options: --help]
#   bench/sweeps.sh --only axe3 --rounds 1 --set training.epochs=1
# PAGE=FILE writes the page elsewhere. BENCH_ENVIRONMENT=FOLDER is a virtual environment that is
# there already; otherwise one is made under target/ with the versions in requirements.txt (from
# PyPI). TP_SWEEP=FILE is a built tp-sweep; otherwise it is built. Nothing else should run
# meanwhile: about 50 minutes. Sweeps that were measured with the same settings stay in the results.
set -euo pipefail
cd "$(dirname "$0")/.."
environment=${BENCH_ENVIRONMENT:-$(judges/environment.sh bench)}
if [ -z "${TP_SWEEP:-}" ]; then
  cargo build --release
fi
PYTHONPATH=bench exec "$environment/bin/python" -B -m sweeps "$@"
