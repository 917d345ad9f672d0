#!/usr/bin/env bash
# Opens the report's page in a real browser: sorts, filters, brushes, selects, prints and reads it.
#   judges/page/run.sh [folder for screenshots]
# Needs chromium (Debian: chromium), or its path in CHROMIUM. CARGO_FLAGS goes to cargo, such as
# --no-default-features for a quick build. Makes a virtual environment under
# target/ with the versions in requirements.txt (from PyPI; no browser is downloaded).
set -euo pipefail
cd "$(dirname "$0")/../.."
environment=$(judges/environment.sh judges/page)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
TP_SWEEP_PAGES="$folder" cargo test --release --quiet ${CARGO_FLAGS:-} --test it -- page::
"$environment/bin/python" judges/page/check.py "$folder" "$@"
