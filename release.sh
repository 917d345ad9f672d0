#!/usr/bin/env bash
# The release binary, its manual pages, and the list of all that is in it (SBOM, CycloneDX), in
# target/release-files/.
set -euo pipefail
cd "$(dirname "$0")"

tools=target/tools
files=target/release-files
mkdir -p "$files"

cargo build --release --locked --features wgpu
cp target/release/tp-sweep "$files/"
target/release/tp-sweep man "$files/man"

if [ ! -x "$tools/bin/cargo-cyclonedx" ]; then
  cargo install cargo-cyclonedx --version 0.5.7 --locked --root "$tools"
fi
# The tool writes beside each Cargo.toml of the workspace; only the program's is kept.
trap 'find . -name tp-sweep.sbom.json -not -path "./target/*" -delete' EXIT
PATH="$PWD/$tools/bin:$PATH" cargo cyclonedx --format json --features wgpu --override-filename tp-sweep.sbom
mv tp-sweep.sbom.json "$files/"
(cd "$files" && sha256sum tp-sweep tp-sweep.sbom.json man/* > SHA256SUMS)
ls -l "$files"
