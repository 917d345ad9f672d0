#!/usr/bin/env bash
# Takes away the files of each corpus that add no coverage; `fuzz/minimise.sh csv npy` does so for
# two targets. To have a corpus grow by what fuzzing found, copy that into it first:
# `cp fuzz/found/csv/* fuzz/corpus/csv/ && fuzz/minimise.sh csv`.
#
# Coverage: the edges of the program's code, with what is generic in libraries and compiled with it,
# that a corpus runs at least once (SanitizerCoverage, as libFuzzer merges with -use_counters=0).
# The code is not optimised, so that an edge is one of the source. How often an edge runs, and what
# runs inside of libraries, makes no difference: by that, twice as many files would stay.
# Files whose name is not their hash were made by hand, or are cases of a fault: they stay,
# whatever they cover. A corpus is replaced only if what stays covers all that it covered before.
#
# The stable toolchain will do. The first build takes about 20 minutes on two cores, and 3 GB.
set -euo pipefail
cd "$(dirname "$0")"
targets=${*:-$(ls corpus)}
host=$(rustc -vV | sed -n 's/^host: //p')

RUSTC_WRAPPER="$PWD/rustc-with-coverage.sh" RUSTFLAGS="--cfg fuzzing" \
  CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_DEBUG=0 \
  cargo build --release --locked --bins --target "$host" --target-dir target/minimise \
  --config 'profile.release.package."*".opt-level=0'

# Code that is not optimised takes more of the stack; with threads, what runs is more by chance.
ulimit -s 262144
export RAYON_NUM_THREADS=1 POLARS_MAX_THREADS=1 LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Adds to a folder the files of another one that cover more: `merge HOW TARGET FOLDER OTHER`.
# $work/control then has lines `FT FILE FEATURE...`: the features of each file of both, or with
# `merge` those that no file before it has.
merge() {
  rm -f "$work/control"
  if ! "target/minimise/$host/release/$2" "-$1=1" -use_counters=0 -timeout=60 \
    -rss_limit_mb=4096 -artifact_prefix="$work/" -merge_control_file="$work/control" "$3" "$4" \
    > "$work/log" 2>&1; then
    cat "$work/log" >&2
    return 1
  fi
  # An input that fails or hangs would be left out, silently.
  if grep "caused a failure" "$work/log" >&2; then return 1; fi
}

# What a folder covers in each of so many processes: `covered TARGET FOLDER`, lines `TIMES FEATURE`.
# Hash maps are seeded anew in each process, so that some of their edges run by chance.
processes=5
covered() {
  for ((process = 0; process < processes; process++)); do
    rm -rf "$work/nothing"
    mkdir "$work/nothing"
    merge merge "$1" "$work/nothing" "$2"
    sed -n 's/^FT [0-9]* *//p' "$work/control" | tr ' ' '\n' | sed '/^$/d' | sort -u
  done | sort | uniq -c
}

size() {
  find "$1" -type f -printf '%s\n' | awk '{ bytes += $1 } END { print NR, bytes + 0 }'
}

print() {
  printf '%-12s %7s %9s %9s   %7s %9s %9s\n' "$@"
}

print "" before bytes covered after bytes covered
for target in $targets; do
  kept="$work/$target/kept" others="$work/$target/others"
  mkdir -p "$kept" "$others"
  for file in corpus/"$target"/*; do
    if [[ ${file##*/} =~ ^[0-9a-f]{40}$ ]]; then
      cp "$file" "$others"
    else
      cp "$file" "$kept"
    fi
  done
  # What is covered by chance before need not be afterwards.
  covered "$target" "corpus/$target" | awk -v all="$processes" '$1 == all { print $2 }' > "$work/before"
  merge set_cover_merge "$target" "$kept" "$others"
  covered "$target" "$kept" | awk '{ print $2 }' > "$work/after"
  read -r files bytes <<< "$(size "corpus/$target")"
  read -r files_kept bytes_kept <<< "$(size "$kept")"
  print "$target" "$files" "$bytes" "$(wc -l < "$work/before")" \
    "$files_kept" "$bytes_kept" "$(comm -12 "$work/before" "$work/after" | wc -l)"
  if [ -n "$(comm -23 "$work/before" "$work/after")" ]; then
    echo "$target: coverage would be lost; its corpus stays as it is" >&2
    exit 1
  fi
  find "corpus/$target" -type f -delete
  cp "$kept"/* "corpus/$target"
done
