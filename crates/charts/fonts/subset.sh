#!/usr/bin/env bash
# Makes DejaVuSans-latin.ttf and its licence from DejaVu Sans: subset.sh /path/to/DejaVuSans.ttf
set -euo pipefail
cd "$(dirname "$0")"

# Latin, Greek, the dashes, quotes and signs of scientific text, raised and lowered digits.
characters="U+0020-007E,U+00A0-017F,U+0391-03A1,U+03A3-03A9,U+03B1-03C9,U+2009,U+2010-2014"
characters+=",U+2018-201E,U+2020-2022,U+2026,U+202F,U+2030,U+2070,U+2074-2079,U+207B"
characters+=",U+2080-2089,U+20AC,U+2190-2193,U+2212,U+221A,U+221E,U+2248,U+2260,U+2264-2265,U+FFFD"

fonttools subset "$1" --unicodes="$characters" --no-hinting --layout-features= \
  --drop-tables+=GDEF,GPOS,GSUB,kern,MATH,gasp,FFTM --notdef-outline --no-recalc-timestamp \
  --name-IDs=0,1,2,3,4,5,6,13,14 --output-file=DejaVuSans-latin.ttf

python3 - <<'PYTHON'
from pathlib import Path
from fontTools.ttLib import TTFont

licence = TTFont("DejaVuSans-latin.ttf")["name"].getDebugName(13)
lines = [line.rstrip() for line in licence.splitlines()]
Path("LICENSE-DejaVu").write_text("\n".join(lines).strip() + "\n")
PYTHON
