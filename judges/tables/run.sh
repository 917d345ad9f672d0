#!/usr/bin/env bash
# Reads a report's CSV, Parquet and JSON with pandas and polars: types, values, and back again. Then holds what becomes
# of a table's columns against scikit-learn.
#   judges/tables/run.sh [tp-sweep binary]
# Makes a virtual environment under target/ with the versions in requirements.txt (from PyPI).
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=$(realpath "${1:-target/release/tp-sweep}")
environment=$(judges/environment.sh judges/tables)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# With a trial that fails, a factor of text, one of numbers, one of flags, and one that some lack.
cat > "$folder/tables.yaml" <<'YAML'
data: { limit: 600 }
training: { epochs: 1 }
validation: { folds: 3 }
grid:
  training.optimizer: [sgd, adam]
  training.nesterov: { values: [true, false], when: { training.optimizer: sgd } }
  training.momentum: { values: [0.9], when: { training.optimizer: sgd } }
  training.learning_rate: [0.01, 1.0e+30]
report: { formats: [parquet, json], language: fr }
YAML
"$binary" "$folder/tables.yaml" --data data --device cpu --quiet \
  --runs "$folder/runs" --reports "$folder/reports" || test $? -eq 1
"$environment/bin/python" judges/tables/check.py "$folder/reports/tables"
mkdir "$folder/encoding"
"$environment/bin/python" -W error judges/tables/encoding.py "$binary" "$folder/encoding"
