#!/usr/bin/env bash
# Measures tp-sweep beside its peers and writes docs/benchmarks.md.
#   bench/run.sh [options of bench/run.py, such as --rounds 1]
# PAGE=FILE writes the page elsewhere. BENCH_ENVIRONMENT=FOLDER is a virtual environment that is
# there already; otherwise one is made under target/ with the versions in requirements.txt (from
# PyPI). Nothing else should run meanwhile: about 20 minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
environment=${BENCH_ENVIRONMENT:-$(judges/environment.sh bench)}
cargo build --release
cargo bench --no-run
PAGE="${PAGE:-docs/benchmarks.md}" exec "$environment/bin/python" -B bench/run.py "$@"
