#!/usr/bin/env bash
# Judges the manifest that `tp-sweep launch kubernetes` prints, by Kubernetes' own schemas, without a
# cluster.
#   judges/kubernetes/run.sh [tp-sweep binary]
# Makes a virtual environment under target/ with the version in requirements.txt (from PyPI).
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=$(realpath "${1:-target/release/tp-sweep}")
validate=$PWD/$(judges/environment.sh judges/kubernetes)/bin/kubernetes-validate
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
manifest() {
  "$binary" launch kubernetes sweeps/smoke.yaml --dry-run \
    --set launch.image=registry.example/tp-sweep:1 --set launch.volume_claim=course "$@"
}
manifest > "$folder/plain.yaml"
manifest --set launch.time=1:00:00 --set launch.memory=4G --set launch.cpus=2 --set launch.gpus=1 \
  --set launch.namespace=course --set launch.max_parallel=2 --set launch.mount_path=/course \
  > "$folder/all.yaml"
for version in 1.33 1.37; do
  "$validate" --strict --kubernetes-version "$version" "$folder"/*.yaml
done
# A judge that lets everything pass is none.
sed 's/"backoffLimitPerIndex"/"backoffLimitPerInde"/' "$folder/plain.yaml" > "$folder/wrong.yaml"
if "$validate" --strict --kubernetes-version 1.37 "$folder/wrong.yaml" 2> /dev/null; then
  echo "a manifest with an unknown key passed" >&2
  exit 1
fi
echo "the manifests are valid, and one with an unknown key is not"
