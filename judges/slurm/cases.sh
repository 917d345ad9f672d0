# The cases. Each is judged by what is on the disk and by what Slurm says at its end.
# `work` has 8 runs of a second or more, in 8 shards, of which one may have two runs and another none: 4 at
# a time, on two nodes of two cores.

# The comparison itself can fail.
another_seed() {
  begin "comparison"
  want "exit code" 0 "$(tp_sweep other run sweeps/smoke.yaml --workers 1 --set validation.seed=43)"
  if python3 "$here/tables.py" "$base/alone/reports/smoke" "$base/other/reports/smoke" > /dev/null 2>&1; then
    wrong+=("the tables of another seed pass for the same")
  fi
  finish "the tables of another seed are told from those of this one"
}

plain_launch() {
  begin "launch"
  project plain
  want "exit code" 0 "$(tp_sweep plain launch slurm sweeps/smoke.yaml --shards 8)"
  want_text "$base/plain/said" "8 runs in 8 shards"
  local array report
  array=$(launched plain smoke array) report=$(launched plain smoke report)
  eventually "the end of the jobs" is_ended "$array" "$report"
  local task
  for task in 1 2 3 4 5 6 7 8; do
    want "task $task" "COMPLETED 0:0" "$(field "${array}_$task" JobState) $(field "${array}_$task" ExitCode)"
  done
  want "report" "COMPLETED 0:0" "$(field "$report" JobState) $(field "$report" ExitCode)"
  want_as_alone plain smoke 8
  want_text "$base/plain/said" "finished      8"
  want_text "$base/plain/said" "queue         empty"
  finish "array of 8 and its report; $compared as on one machine"
}

waited_launch() {
  begin "launch --wait"
  project waited
  want "exit code" 0 "$(tp_sweep waited launch slurm sweeps/smoke.yaml --wait)"
  want_text "$base/waited/said" "8 runs in 2 shards"
  want_text "$base/waited/said" "finished      8"
  want "queue after it" "" "$(queue --format=%i --name=smoke,smoke:report)"
  want_as_alone waited smoke 8
  # Slurm's highest number of a task is 8 here.
  want "exit code of too many shards" 2 \
    "$(tp_sweep waited launch slurm sweeps/smoke.yaml --set validation.folds=3 --shards 9)"
  want_text "$base/waited/said" "9 shards"
  finish "ended with 0 in 2 shards; 9 shards refused where Slurm takes 8"
}

killed_and_requeued() {
  begin "killed, requeued"
  project killed
  want "exit code" 0 "$(tp_sweep killed launch slurm sweeps/work.yaml --shards 8)"
  local array report killed requeued=
  array=$(launched killed work array) report=$(launched killed work report)
  eventually "a result" has_results killed work 1
  eventually "a task in training" find_training "$array" 20 || { finish; return; }
  kill -KILL "$pid"
  killed=$task
  if eventually "another task in training" find_training "$array" 20 "" "$killed"; then
    requeued=$task
    timeout $HANG scontrol requeue "${array}_$requeued"
  fi
  eventually "the end of the killed task" is_field "${array}_$killed" JobState FAILED
  want "the killed task" "0:9" "$(field "${array}_$killed" ExitCode)"
  note_results killed work
  timeout $HANG scontrol requeue "${array}_$killed"
  eventually "the end of the jobs" is_ended "$array" "$report"
  for task in $killed $requeued; do
    want "task $task" "COMPLETED 0:0 1" "$(field "${array}_$task" JobState) \
$(field "${array}_$task" ExitCode) $(field "${array}_$task" Restarts)"
  done
  want_results_kept killed work
  want_as_alone killed work 8
  finish "task $killed killed, $requeued requeued in training, 1 restart each; $compared as on one machine"
}

killed_and_left() {
  begin "killed, left"
  project left
  tp_sweep left launch slurm sweeps/work.yaml --shards 8 --wait > "$base/left/code" &
  local waiting=$! array kept
  eventually "a launch" test -s "$base/left/runs/work/launch.json"
  array=$(launched left work array)
  if eventually "a task in training" find_training "$array" 20; then kill -KILL "$pid"; fi
  wait "$waiting"
  want "exit code of launch --wait" 3 "$(cat "$base/left/code")"
  want "exit code of launch status" 3 "$(tp_sweep left launch status sweeps/work.yaml)"
  # Its task may have had another run before it.
  kept=$(results left work)
  want_text "$base/left/said" "finished      $kept"
  want_text "$base/left/said" "in training   1"
  note_results left work
  want "exit code of the same again" 0 "$(tp_sweep left launch slurm sweeps/work.yaml --shards 8 --wait)"
  want_results_kept left work
  want_as_alone left work 8
  finish "3 with $kept of 8 results, since task $task was killed, 0 when launched again; $compared as on one machine"
}

node_down() {
  begin "node down"
  project node
  want "exit code" 0 "$(tp_sweep node launch slurm sweeps/work.yaml --shards 8)"
  local array report hit node=n1 again=()
  # Not the node of the task that waits for its time limit.
  if [ "$(queue --format=%N --name=limit --states=running)" = n1 ]; then node=n2; fi
  array=$(launched node work array) report=$(launched node work report)
  eventually "a result" has_results node work 1
  eventually "a task in training on $node" find_training "$array" 20 "$node" || { finish; return; }
  hit=$task
  note_results node work
  timeout $HANG scontrol update nodename="$node" state=down reason=judged
  node_is_left() { [ -z "$(queue --format=%i --jobs="$array" --nodelist="$node" --states=running)" ]; }
  eventually "the node without tasks" node_is_left
  want "the node" "down" "$(timeout $HANG sinfo --noheader --nodes="$node" --format=%T | tr -d '*')"
  timeout $HANG scontrol update nodename="$node" state=resume
  eventually "the end of the jobs" is_ended "$array" "$report"
  want "restarts of task $hit" 1 "$(field "${array}_$hit" Restarts)"
  for task in 1 2 3 4 5 6 7 8; do
    want "task $task" "COMPLETED 0:0" "$(field "${array}_$task" JobState) $(field "${array}_$task" ExitCode)"
    if [ "$(field "${array}_$task" Restarts)" != 0 ]; then again+=("$task"); fi
  done
  local state
  state=$(timeout $HANG sinfo --noheader --nodes="$node" --format=%T)
  # The task that waits for its time limit may be on it now, or the last one just leave it.
  case $state in
    idle | mixed | allocated | completing) ;;
    *) want "the node, brought back" "idle, mixed or allocated" "$state" ;;
  esac
  want_results_kept node work
  want_as_alone node work 8
  finish "tasks ${again[*]} of $node ran again; $compared as on one machine"
}

# The limit is 2 minutes, of which 30 to 60 s pass until Slurm's signal. For these the task is halted
# in the middle of a run, so that it is but slow, however fast the machine. It is begun first and ended
# last: the other cases fill the time.
time_limit_begun() {
  project limit
  limit_code=$(tp_sweep limit launch slurm sweeps/limit.yaml --shards 1 --time 0:02:00)
  limit_array=$(launched limit limit array)
  local begun=$SECONDS
  begin "time limit"
  eventually "the task in training" find_training "$limit_array" 20 && kill -STOP "$pid"
  limit_epochs=$(($(wc -l < "$(run_folder "$pid")/epochs.csv") - 1))
  limit_wrong=("${wrong[@]}")
  (
    eventually "the signal" is_signalled "$pid"
    echo $((SECONDS - begun)) > "$base/limit/told"
    kill -CONT "$pid" 2> /dev/null
  ) &
  limit_watch=$!
}

# Whether a halted process has SIGUSR1 before it, or goes on: Slurm may wake whom it signals.
is_signalled() { # PID
  local pending
  pending=$(about "$1" ShdPnd)
  ! is_halted "$1" || [ $((0x${pending:-0} & 0x200)) != 0 ]
}

time_limit_ended() {
  begin "time limit"
  wrong=("${limit_wrong[@]}")
  want "exit code" 0 "$limit_code"
  wait "$limit_watch"
  local report out="$base/limit/runs/limit/launch/shard-1.out"
  report=$(launched limit limit report)
  eventually "the end of the jobs" is_ended "$limit_array" "$report"
  want_text "$out" "the time limit is near: requeuing ${limit_array}_1 with Slurm"
  want "the task" "COMPLETED 0:0 1" "$(field "${limit_array}_1" JobState) \
$(field "${limit_array}_1" ExitCode) $(field "${limit_array}_1" Restarts)"
  want_as_alone limit limit 2
  finish "signal $(cat "$base/limit/told") s after the start, halted at epoch $limit_epochs of 300, \
1 restart; $compared as on one machine"
}

# The same signal by hand, twice, and the program at its own pace.
signalled() {
  begin "signalled"
  project signalled
  want "exit code" 0 "$(tp_sweep signalled launch slurm sweeps/limit.yaml --shards 1 --time 1:00:00)"
  local array report epochs=
  array=$(launched signalled limit array) report=$(launched signalled limit report)
  for epoch in 20 100; do
    eventually "the task in training" find_training "$array" $epoch || break
    epochs+=" $(($(wc -l < "$(run_folder "$pid")/epochs.csv") - 1))"
    timeout $HANG scancel --signal=USR1 --batch "${array}_1"
    eventually "the end of the process" is_gone "$pid"
  done
  eventually "the end of the jobs" is_ended "$array" "$report"
  want "the task" "COMPLETED 0:0 2" "$(field "${array}_1" JobState) \
$(field "${array}_1" ExitCode) $(field "${array}_1" Restarts)"
  want_as_alone signalled limit 2
  finish "SIGUSR1 in epochs$epochs of 300, 2 restarts; $compared as on one machine"
}

failing_trial() {
  begin "failing trial"
  project failing
  want "exit code" 1 "$(tp_sweep failing launch slurm sweeps/failing.yaml --shards 4 --wait)"
  local array report task codes=
  array=$(launched failing failing array) report=$(launched failing failing report)
  for task in 1 2 3 4; do
    codes+="$(field "${array}_$task" JobState) $(field "${array}_$task" ExitCode)"$'\n'
  done
  want "tasks" "2 COMPLETED 0:0, 2 FAILED 1:0" \
    "$(printf %s "$codes" | sort | uniq -c | sed 's/^ *//' | paste -sd , | sed 's/,/, /g')"
  want "report" "FAILED 1:0" "$(field "$report" JobState) $(field "$report" ExitCode)"
  want_text "$base/failing/reports/failing.md" "### Failed trials"
  want_text "$base/failing/reports/failing.md" "\`lr1e30\`: 2 of 2 runs diverged"
  want "exit code of launch status" 1 "$(tp_sweep failing launch status sweeps/failing.yaml)"
  want_text "$base/failing/said" "failed        2"
  want_tables failing failing
  want_whole_folders failing failing 4
  finish "2 tasks of 4 end with 1, and so do the report, launch --wait and status; $compared as on one machine"
}

# slurmstepd is killed: nobody minds its program any more, which lives on, and its task is run again
# beside it. One orphan trains the same run at the same time, another ends when all is over.
orphans() {
  begin "orphans"
  project orphans
  want "exit code" 0 "$(tp_sweep orphans launch slurm sweeps/work.yaml --shards 8)"
  local array report stepd tasks=() orphans=()
  array=$(launched orphans work array) report=$(launched orphans work report)
  for _ in 1 2; do
    eventually "a task in training" find_training "$array" 20 "" "${tasks[0]:-}" || { finish; return; }
    stepd=$(parent_of "$pid")
    kill -KILL "$stepd"
    has_other_parent() { [ "$(parent_of "$pid")" != "$stepd" ]; }
    eventually "an orphan" has_other_parent
    # Halted, so that it does not end too early; not before, since the kernel wakes what its parent's
    # death leaves halted.
    kill -STOP "$pid" || wrong+=("the program has ended with its slurmstepd")
    orphans+=("$pid") tasks+=("$task")
  done
  for task in "${tasks[@]}"; do timeout $HANG scontrol requeue "${array}_$task"; done
  both_run() { [ "$(processes_of "$array" "${tasks[0]}" | wc -l)" = 2 ]; }
  eventually "task ${tasks[0]} beside its orphan" both_run
  kill -CONT "${orphans[0]}" 2> /dev/null
  eventually "the end of the jobs" is_ended "$array" "$report"
  eventually "the end of the first orphan" is_gone "${orphans[0]}"
  for task in "${tasks[@]}"; do
    want "task $task" "COMPLETED 0:0 1" "$(field "${array}_$task" JobState) \
$(field "${array}_$task" ExitCode) $(field "${array}_$task" Restarts)"
  done
  is_halted "${orphans[1]}" || wrong+=("the second orphan has ended too early")
  want_as_alone orphans work 8
  note_results orphans work
  kill -CONT "${orphans[1]}" 2> /dev/null
  eventually "the end of the second orphan" is_gone "${orphans[1]}"
  want_whole_folders orphans work 8
  want "exit code of report" 0 "$(tp_sweep orphans report sweeps/work.yaml)"
  want_tables orphans work
  finish "task ${tasks[0]} ran beside its orphan, that of ${tasks[1]} ended after the report; $compared as on one machine"
}

cancelled() {
  begin "cancel"
  project cancelled
  want "exit code" 0 "$(tp_sweep cancelled launch slurm sweeps/work.yaml --shards 8)"
  local array report kept
  array=$(launched cancelled work array) report=$(launched cancelled work report)
  eventually "a result" has_results cancelled work 1
  eventually "a task in training" find_training "$array" 20
  want "exit code of a second launch" 2 "$(tp_sweep cancelled launch slurm sweeps/work.yaml --shards 8)"
  want_text "$base/cancelled/said" "jobs $array, $report of an earlier launch"
  want "exit code of launch cancel" 0 "$(tp_sweep cancelled launch cancel sweeps/work.yaml)"
  eventually "an empty queue" is_ended "$array" "$report"
  want "exit code of launch status" 3 "$(tp_sweep cancelled launch status sweeps/work.yaml)"
  kept=$(results cancelled work)
  note_results cancelled work
  want "exit code of the same again" 0 "$(tp_sweep cancelled launch slurm sweeps/work.yaml --shards 8 --wait)"
  want_results_kept cancelled work
  want_as_alone cancelled work 8
  finish "$kept of 8 results kept, the same launch goes on from them; $compared as on one machine"
}

nothing_left() {
  begin "nothing left"
  want "queue" "" "$(queue --format=%i)"
  want "processes" "" "$(processes)"
  finish "no job in the queue, no process of the program"
}
