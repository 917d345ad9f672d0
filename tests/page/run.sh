#!/usr/bin/env bash
# Opens the report's page in a real browser: sorts, filters, brushes, selects, prints and reads it.
#   tests/page/run.sh [folder for screenshots]
# Needs chromium (Debian: chromium), or its path in CHROMIUM. CARGO_FLAGS goes to cargo, such as
# --no-default-features for a quick build. Makes a virtual environment under
# target/ with the versions in requirements.txt (from PyPI; no browser is downloaded).
set -euo pipefail
cd "$(dirname "$0")/../.."
environment=target/page-environment
if ! cmp -s tests/page/requirements.txt "$environment/requirements.txt"; then
  rm -rf "$environment"
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --requirement tests/page/requirements.txt
  cp tests/page/requirements.txt "$environment/"
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
TP_SWEEP_PAGES="$folder" cargo test --release --quiet ${CARGO_FLAGS:-} --test page
"$environment/bin/python" tests/page/check.py "$folder" "$@"
