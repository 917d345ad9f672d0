#!/usr/bin/env bash
# Judges `tp-sweep launch slurm` with a real Slurm: two nodes on this machine, started for this and
# stopped at the end.
#   judges/slurm/run.sh          (TP_SWEEP: a binary; else the release binary is built)
# A line for each case; exit code 1 if one failed. Needs Debian's slurmctld, slurmd, slurm-client and
# munge, and python3; without these it says that it has judged nothing. KEEP=1 keeps its folder.
set -uo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/judges/slurm
PATH=$PATH:/usr/sbin:/sbin

missing=()
for needed in munged slurmctld slurmd sbatch squeue scancel scontrol sinfo python3; do
  command -v "$needed" > /dev/null || missing+=("$needed")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "******** the Slurm tests were SKIPPED: there is no ${missing[*]} ********" >&2
  exit 0
fi

if [ -z "${TP_SWEEP:-}" ]; then
  cargo build --release --quiet || exit 1
  TP_SWEEP=target/release/tp-sweep
fi

# Short, since the paths of sockets must be.
base=$(mktemp -d /tmp/tps.XXXXXX)
# munge wants its socket to be reached by all.
chmod 711 "$base"
program=$base/tp-sweep
ended() {
  local job
  for job in $(jobs -p); do kill "$job" 2> /dev/null; done
  "$here/down.sh" "$base/slurm" "$program"
  if [ -n "${KEEP:-}" ]; then echo "kept: $base"; else rm -rf "$base"; fi
}
trap ended EXIT
trap 'exit 130' INT TERM

# A copy: its processes are known by it, wherever they are.
cp "$TP_SWEEP" "$program"
cp -r data "$base/data"
mkdir "$base/sweeps"
cp sweeps/smoke.yaml judges/slurm/sweeps/*.yaml "$base/sweeps/"
export NO_COLOR=1
# A Slurm that this is started in would change what is asked of the one here.
for variable in "${!SLURM_@}" "${!SBATCH_@}" "${!SQUEUE_@}" "${!SCANCEL_@}" "${!SINFO_@}"; do
  unset "$variable"
done
export SLURM_CONF=$base/slurm/slurm.conf
"$here/up.sh" "$base/slurm" || {
  echo "******** the Slurm tests were SKIPPED: no Slurm could be started here ********" >&2
  exit 0
}

source "$here/support.sh"
source "$here/cases.sh"

project alone
project other
time_limit_begun
for sweep in smoke work limit; do
  code=$(alone $sweep)
  if [ "$code" != 0 ]; then echo "FAILED alone: $sweep ended with $code" && exit 1; fi
done
code=$(alone failing)
if [ "$code" != 1 ]; then echo "FAILED alone: failing ended with $code" && exit 1; fi

another_seed
plain_launch
waited_launch
failing_trial
killed_and_requeued
killed_and_left
node_down
orphans
cancelled
signalled
time_limit_ended
nothing_left

echo "$((cases - failures)) of $cases cases ok, in $SECONDS s"
exit $((failures > 0))
