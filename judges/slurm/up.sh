#!/usr/bin/env bash
# Starts a Slurm of its own on this machine: two nodes of two cores, n1 and n2, as four small daemons.
#   judges/slurm/up.sh FOLDER        then: export SLURM_CONF=FOLDER/slurm.conf
# Without systemd, cgroups, accounting or a database. All its files are below FOLDER, whose path must be
# short (sockets have a place in it), and it listens on the loopback only. Root or any user can start it.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
folder=$1
mkdir -p "$folder"/{run,state,log,spool/n1,spool/n2}
chmod 755 "$folder" "$folder/run"

unstarted() {
  echo "Slurm could not be started:" >&2
  tail -n 20 "$folder"/log/* >&2
}
trap unstarted ERR

# Four ports in a row that nobody listens on.
is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
for _ in $(seq 50); do
  port=$((20000 + RANDOM % 9000))
  for offset in 0 1 2 3; do is_free $((port + offset)) || continue 2; done
  break
done

host=$(hostname -s)
user=$(id -un)
cat > "$folder/slurm.conf" <<CONF
ClusterName=judge
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
CredType=cred/munge
# A task that runs again waits for as long as its credential holds, and a second: not two minutes.
AuthInfo=socket=$folder/run/munge.socket,cred_expire=5
# Nothing of the machine that a container may lack.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
# Once a second, not twice a minute.
SchedulerParameters=bf_interval=1,sched_interval=1,batch_sched_delay=0
KillWait=2
SlurmdTimeout=10
MinJobAge=3600
# The highest number of a task is one less: just what the sweeps here need.
MaxArraySize=9
JobRequeue=1
ReturnToService=1
SlurmdParameters=config_overrides
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd-%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd-%n.log
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=2 RealMemory=65536
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 3)) CPUs=2 RealMemory=65536
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE DefaultTime=10 State=UP
CONF
export SLURM_CONF="$folder/slurm.conf"

(umask 077 && head -c 256 /dev/urandom > "$folder/munge.key")
# A daemon that kept the caller's output open would keep the caller's pipe open.
log="$folder/log/start.log"
munged --key-file "$folder/munge.key" --socket "$folder/run/munge.socket" \
  --pid-file "$folder/run/munged.pid" --seed-file "$folder/run/munged.seed" \
  --log-file "$folder/log/munged.log" < /dev/null >> "$log" 2>&1
slurmctld -c < /dev/null >> "$log" 2>&1
for node in n1 n2; do slurmd -N "$node" < /dev/null >> "$log" 2>&1; done

for _ in $(seq 150); do
  idle=$(timeout 10 sinfo --noheader --states=idle --format=%D 2> /dev/null || true)
  if [ "$idle" = 2 ]; then exit 0; fi
  sleep 0.2
done
echo "Slurm's nodes are not idle after 30 s" >&2
unstarted
exit 1
