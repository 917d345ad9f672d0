#!/usr/bin/env bash
# What a release consists of, in target/release-files/:
#   - a wheel for Python, for every Linux with glibc 2.17 or later;
#   - an archive to unpack anywhere: bin/tp-sweep, MNIST, manual pages;
#   - the list of all that is in the program (SBOM, CycloneDX), and checksums.
# The wheel is compiled by zig, which links with an old glibc: both builds together take half an hour on 2 cores.
set -euo pipefail
cd "$(dirname "$0")"

tools=target/tools
files=target/release-files
rm -rf "$files"
mkdir -p "$files"

cargo build --release --locked --features wgpu
version=$(target/release/tp-sweep --version | cut -d' ' -f2)
archive=tp-sweep-$version-x86_64-linux
mkdir -p "$files/$archive/bin" "$files/$archive/share/tp-sweep/data" "$files/$archive/share/man/man1"
cp target/release/tp-sweep "$files/$archive/bin/"
cp -r data/mnist "$files/$archive/share/tp-sweep/data/"
cp LICENSE-MIT LICENSE-APACHE README.md "$files/$archive/"
target/release/tp-sweep man "$files/$archive/share/man/man1"
tar --sort=name --owner=0 --group=0 --mtime=@0 -C "$files" -czf "$files/$archive.tar.gz" "$archive"
rm -r "${files:?}/$archive"

if [ ! -x "$tools/python/bin/maturin" ]; then
  python3 -m venv "$tools/python"
  "$tools/python/bin/pip" install --quiet auditwheel==6.8.2 maturin==1.16.0 ziglang==0.17.1
fi
export PATH="$PWD/$tools/python/bin:$PATH"
maturin build --release --zig --target x86_64-unknown-linux-gnu --compatibility manylinux_2_17 --out "$files"
auditwheel show "$files"/*.whl

if [ ! -x "$tools/bin/cargo-cyclonedx" ]; then
  cargo install cargo-cyclonedx --version 0.5.7 --locked --root "$tools"
fi
# The tool writes beside each Cargo.toml of the workspace; only the program's is kept.
trap 'find . -name tp-sweep.sbom.json -not -path "./target/*" -delete' EXIT
PATH="$PWD/$tools/bin:$PATH" cargo cyclonedx --format json --features wgpu --override-filename tp-sweep.sbom
mv tp-sweep.sbom.json "$files/"
(cd "$files" && sha256sum -- * > SHA256SUMS)
ls -l "$files"
