#!/usr/bin/env bash
# Builds the wheel, installs it as a student does, without cargo and the network, and runs the course's second axis.
# Then checks the Python module: ruff, mypy, and its tests against the installed program.
#   judges/wheel/run.sh
# Makes virtual environments under target/ (from PyPI, 300 MB).
set -euo pipefail
cd "$(dirname "$0")/../.."
environment=$PWD/$(judges/environment.sh judges/wheel)
wheels=$PWD/target/wheels
rm -rf "$wheels"
"$environment/bin/maturin" build --release --quiet --out "$wheels"
wheel=$(ls "$wheels"/tp_sweep-*.whl)
"$environment/bin/auditwheel" show "$wheel"
size=$(stat --format %s "$wheel")
echo "wheel: $size bytes"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/student"
(
  cd "$folder"
  # A path without cargo, and a folder without the repository.
  export PATH="$folder/student/bin:/usr/bin:/bin"
  pip install --quiet --no-index --disable-pip-version-check "$wheel"
  tp-sweep init course course
  cd course
  tp-sweep data check mnist
  tp-sweep sweeps/axe2.yaml --device cpu --quiet --set training.epochs=1
  tp-sweep open sweeps/axe2.yaml
  test -s reports/axe2.html
)

"$environment/bin/pip" install --quiet --no-index --no-deps --force-reinstall "$wheel"
linted=(python notebooks judges/notebooks judges/processors docs)
"$environment/bin/ruff" check "${linted[@]}"
"$environment/bin/ruff" format --check "${linted[@]}"
"$environment/bin/mypy" python/tp_sweep
# From a folder without the sources: the installed module is tested.
(cd python/tests && "$environment/bin/python" -B -m pytest --quiet -p no:cacheprovider .)
