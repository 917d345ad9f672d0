#!/usr/bin/env bash
# Typesets a report's LaTeX table with pdfLaTeX and LuaLaTeX, and compares every cell of the PDF with the
# names and scores of the sweep.
#   judges/latex/run.sh [tp-sweep binary]
# Needs Debian's texlive-latex-recommended, texlive-luatex, lmodern and poppler-utils, and python3;
# without these it prints that it has checked nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."
missing=()
for needed in pdflatex lualatex pdftotext python3; do
  command -v "$needed" > /dev/null || missing+=("$needed")
done
for needed in booktabs.sty lmodern.sty luaotfload.sty; do
  [ ${#missing[@]} -gt 0 ] || kpsewhich "$needed" > /dev/null || missing+=("$needed")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "******** the LaTeX tests were SKIPPED: there is no ${missing[*]} ********" >&2
  exit 0
fi
binary=$(realpath "${1:-target/release/tp-sweep}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -B judges/latex/check.py sweeps "$folder"
for sweep in names foreign; do
  "$binary" "$folder/$sweep.yaml" --data data --device cpu --quiet --runs "$folder/runs" --reports "$folder/reports"
done
python3 -B judges/latex/check.py reports "$folder"
