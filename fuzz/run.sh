#!/usr/bin/env bash
# Fuzzes each parser of files from outside for so many seconds (600 by default), one after the
# other, from its corpus, which grows in fuzz/found; `fuzz/run.sh 600 csv` fuzzes one.
# The stable toolchain will do: cargo-fuzz's flags are unlocked by RUSTC_BOOTSTRAP.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-600}
targets=${2:-$(ls fuzz/corpus)}
if [ ! -x target/tools/bin/cargo-fuzz ]; then
  cargo install cargo-fuzz --version 0.13.2 --locked --root target/tools
fi
export RUSTC_BOOTSTRAP=1
export PATH="$PWD/target/tools/bin:$PATH"
host=$(rustc -vV | sed -n 's/^host: //p')
cargo fuzz build --sanitizer none --target "$host" --target-dir target/fuzz
for target in $targets; do
  mkdir -p "fuzz/found/$target" fuzz/artifacts
  echo "== $target, $seconds seconds"
  "target/fuzz/$host/release/$target" "fuzz/found/$target" "fuzz/corpus/$target" \
    -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -max_len=8192 \
    -artifact_prefix="fuzz/artifacts/$target-" -print_final_stats=1 2>&1 |
    grep -E "^(stat::|==|SUMMARY|Test unit|artifact)|panicked|Done" || true
done
if ls fuzz/artifacts/* > /dev/null 2>&1; then
  echo "inputs that failed: "; ls fuzz/artifacts
  exit 1
fi
