#!/usr/bin/env bash
# Runs the judges that CI runs, or those that are named.
#   judges/run.sh [NAME …]          judges/run.sh page latex
# Needs the release binary, or another one in TP_SWEEP, and what cargo test wrote. CARGO_FLAGS goes to cargo.
# Installs missing programs if apt-get can; skips a judge, with a line in asterisks, if its program is missing.
# Runs them all even if some fail; exit code 1 if any failed.
set -uo pipefail
cd "$(dirname "$0")/.."
binary=$(realpath "${TP_SWEEP:-target/release/tp-sweep}")

# Whether a command succeeds, if need be after these packages are installed.
available() {
  local check=$1
  shift
  if ! eval "$check" > /dev/null && command -v apt-get > /dev/null && [ "$(id -u)" -eq 0 ]; then
    apt-get update --quiet &&
      DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends "$@"
  fi
  eval "$check" > /dev/null
}

skipped() {
  echo "******** SKIPPED: there is no $1, and none could be installed: $2 ********"
}

tensorboard() { judges/tensorboard/run.sh "$binary"; }
tables() { judges/tables/run.sh "$binary"; }
wheel() { judges/wheel/run.sh; }
notebooks() { judges/notebooks/run.sh "$binary"; }
grade() { judges/grade/run.sh "$binary"; }
processors() {
  if available 'command -v qemu-x86_64' qemu-user; then
    judges/processors/run.sh "$binary"
  else
    skipped qemu-x86_64 "grading across kinds of processors is not judged"
  fi
}
cuda() { judges/cuda/run.sh "$binary"; }
kubernetes() { judges/kubernetes/run.sh "$binary"; }
models() { judges/models/run.sh "$binary"; }
scores() { judges/scores/run.sh; }
statistics() { judges/statistics/run.sh; }
pytorch() { judges/pytorch/run.sh; }
# Whole trainings, every row.
parity() { PAGE=${PAGE:-target/parity.md} judges/parity/run.sh "$binary"; }

page() {
  if available '[ -n "${CHROMIUM:-}" ] || command -v chromium' chromium; then
    judges/page/run.sh
  else
    skipped Chromium "the report's page is not checked"
  fi
}

# To install: 83 MB to download, 234 MB on disk, one and a half minutes.
latex() {
  if available 'command -v lualatex && kpsewhich booktabs.sty luaotfload.sty' \
    texlive-latex-recommended texlive-luatex lmodern poppler-utils; then
    judges/latex/run.sh "$binary"
  else
    skipped LaTeX "the report's .tex is not checked"
  fi
}

# Starts a Slurm on this machine.
slurm() {
  if available 'command -v slurmctld || command -v /usr/sbin/slurmctld' slurmctld slurmd slurm-client munge; then
    # Time limits of Slurm are real seconds: a machine that was too busy for them gets a second attempt.
    TP_SWEEP=$binary judges/slurm/run.sh || TP_SWEEP=$binary judges/slurm/run.sh
  else
    skipped Slurm "launch slurm is not judged"
  fi
}

if [ $# -eq 0 ]; then
  # Not models and pytorch, which need 6 GB of packages, nor scores and statistics, whose values change with
  # scikit-learn and SciPy alone.
  set -- tensorboard tables wheel notebooks grade processors cuda page latex slurm kubernetes parity
fi
failed=()
for name in "$@"; do
  if [ ! -x "judges/$name/run.sh" ]; then
    echo "there is no judge $name" >&2
    exit 2
  fi
  echo "== $name"
  "$name" || failed+=("$name")
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "failed: ${failed[*]}" >&2
  exit 1
fi
