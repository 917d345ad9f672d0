#!/usr/bin/env bash
# Grades honest archives and archives with one edited number each.
#   judges/grade/run.sh [tp-sweep binary] [EDITS] [ARCHIVES]
# Edits are 200 and archives of axe5 are 5 by default.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=$(realpath "${1:-target/release/tp-sweep}")
environment=$(judges/environment.sh judges/grade)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$environment/bin/python" -B judges/grade/check.py "$binary" "$folder" "${2:-200}" "${3:-5}"
