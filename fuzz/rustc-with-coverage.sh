#!/usr/bin/env bash
# rustc, as `fuzz/minimise.sh` has Cargo call it. The program's own crates and the fuzz targets,
# with the code of libraries that is generic and compiled with them, report each edge of their code
# that runs. The rest of the libraries, which is most of the build, reports nothing.
set -euo pipefail
rustc=$1
shift
crate="" kind="" for_target=""
for ((i = 1; i <= $#; i++)); do
  next=$((i + 1))
  case ${!i} in
    --crate-name) crate=${!next-} ;;
    --crate-type) kind=${!next-} ;;
    # Build scripts and procedural macros are compiled without it, and report nothing.
    --target) for_target=yes ;;
  esac
done
case $for_target/$kind/$crate in
  yes/bin/* | yes/lib/tp_sweep | yes/lib/charts | yes/lib/statistics | yes/lib/alloc_tracker)
    set -- "$@" -C codegen-units=1 -C passes=sancov-module \
      -C llvm-args=-sanitizer-coverage-level=3 \
      -C llvm-args=-sanitizer-coverage-inline-8bit-counters \
      -C llvm-args=-sanitizer-coverage-pc-table
    ;;
esac
exec "$rustc" "$@"
