#!/usr/bin/env bash
# Stops the Slurm that up.sh has started in this folder, and what of its jobs is left.
#   judges/slurm/down.sh FOLDER [PROGRAM]    PROGRAM: processes of it are jobs too
set -uo pipefail
PATH=$PATH:/usr/sbin:/sbin
folder=$1
program=${2:-}
export SLURM_CONF="$folder/slurm.conf"

running() { kill -0 "$1" 2> /dev/null; }
pid_in() { cat "$1" 2> /dev/null || true; }

controller=$(pid_in "$folder/run/slurmctld.pid")
# Without a controller its clients would wait for long.
if [ -n "$controller" ] && running "$controller"; then
  timeout 10 scancel --user="$(id -un)" 2> /dev/null
  for _ in $(seq 50); do
    [ -z "$(timeout 10 squeue --noheader 2> /dev/null)" ] && break
    sleep 0.2
  done
fi

# A job whose slurmstepd was killed is nobody's.
if [ -n "$program" ]; then
  for process in /proc/[0-9]*; do
    if [ "$(readlink "$process/exe" 2> /dev/null)" = "$program" ]; then
      kill -KILL "${process#/proc/}" 2> /dev/null
    fi
  done
fi

daemons=()
for file in "$folder"/run/slurmd-n?.pid "$folder/run/slurmctld.pid" "$folder/run/munged.pid"; do
  daemon=$(pid_in "$file")
  if [ -n "$daemon" ] && running "$daemon"; then
    kill "$daemon"
    daemons+=("$daemon")
  fi
done
for _ in $(seq 50); do
  left=0
  for daemon in "${daemons[@]:-}"; do
    if [ -n "$daemon" ] && running "$daemon"; then left=1; fi
  done
  if [ "$left" = 0 ]; then exit 0; fi
  sleep 0.2
done
echo "some of Slurm's daemons had to be killed" >&2
for daemon in "${daemons[@]}"; do kill -KILL "$daemon" 2> /dev/null; done
exit 1
