# What the cases are made of. Read by run.sh, which sets:
#   here (this folder), base (the temporary folder), program (the judged tp-sweep, in it)

cases=0
failures=0

# A case: `begin`, any number of `want` and other checks, `finish`.
begin() { name=$1 wrong=() started=$SECONDS; }

# Wrong, unless what was got is what was wanted.
want() { # WHAT WANTED GOT
  if [ "$2" != "$3" ]; then wrong+=("$1: wanted '$2', got '$3'"); fi
}

# Wrong, unless a file has this text.
want_text() { # FILE TEXT
  grep -qF -- "$2" "$1" 2> /dev/null || wrong+=("$1: wanted '$2', got '$(tail -n 3 "$1" 2>&1 | tr '\n' ' ')'")
}

finish() { # WHAT-WAS-SEEN
  cases=$((cases + 1))
  local seconds=$((SECONDS - started))
  if [ ${#wrong[@]} = 0 ]; then
    echo "ok $name: $1 ($seconds s)"
    return
  fi
  failures=$((failures + 1))
  local joined
  joined=$(printf '%s; ' "${wrong[@]}")
  echo "FAILED $name: ${joined%; } ($seconds s)"
}

# Nothing here takes so many seconds on any machine: a limit against hangs alone.
HANG=600

# Waits until a command succeeds; wrong, if it never does.
eventually() { # WHAT COMMAND...
  local end=$((SECONDS + HANG)) what=$1
  shift
  until "$@"; do
    if [ $SECONDS -ge $end ]; then
      wrong+=("$what: not in $HANG s")
      return 1
    fi
    sleep 0.1
  done
}

# A project of its own: the sweeps, and the data by a link.
project() { # NAME
  mkdir -p "$base/$1"
  cp -r "$base/sweeps" "$base/$1/sweeps"
  ln -s "$base/data" "$base/$1/data"
}

# tp-sweep in a project; what it says is kept there in `said`, its exit code printed.
tp_sweep() { # PROJECT ARGUMENTS...
  local folder="$base/$1" code=0
  shift
  (cd "$folder" && timeout $HANG "$program" "$@") > "$folder/said" 2>&1 || code=$?
  echo "$code"
}

# A task is one core at work; so is the sweep that it is held against.
alone() { tp_sweep alone run "sweeps/$1.yaml" --workers 1; }

# The id of the array, or of the report, that was launched last.
launched() { # PROJECT SWEEP array|report
  sed -n "s/^ *\"$3\": \"\([0-9]*\)\",\{0,1\}$/\1/p" "$base/$1/runs/$2/launch.json"
}

queue() { timeout $HANG squeue --noheader --array "$@" 2> /dev/null; }
is_ended() { # JOB...
  local left
  left=$(queue --format=%i --jobs="$(IFS=, && echo "$*")") && [ -z "$left" ]
}

# A field of what Slurm says of a job, such as JobState.
field() { # JOB FIELD
  timeout $HANG scontrol --oneliner show job "$1" 2> /dev/null | grep -oE "(^| )$2=[^ ]*" | head -n 1 | cut -d = -f 2
}
is_field() { [ "$(field "$1" "$2")" = "$3" ]; }

# The processes of the judged program, or those of one task.
processes() { find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' -lname "$program" 2> /dev/null | cut -d / -f 3; }
processes_of() { # ARRAY TASK
  local pid
  for pid in $(processes); do
    if [ "$(variable "$pid" SLURM_ARRAY_JOB_ID) $(variable "$pid" SLURM_ARRAY_TASK_ID)" = "$1 $2" ]; then
      echo "$pid"
    fi
  done
}
variable() { tr '\0' '\n' 2> /dev/null < "/proc/$1/environ" | sed -n "s/^$2=//p"; }
# A field of /proc/PID/status.
about() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" 2> /dev/null; }
parent_of() { about "$1" PPid; }
is_halted() { [[ $(about "$1" State) == T* ]]; }
is_running() { kill -0 "$1" 2> /dev/null; }
is_gone() { ! is_running "$1"; }

# The folder of the run that a process is training: that of the event file it has open.
run_folder() { # PID
  local file
  for file in "/proc/$1"/fd/*; do
    file=$(readlink "$file" 2> /dev/null) || continue
    case $file in */events.out.tfevents.*) dirname "$file" && return ;; esac
  done
}

# A process of an array that is in the middle of a run: so many epochs are done, a checkpoint is
# written. Puts its number into `pid`, its task's into `task`.
find_training() { # ARRAY EPOCHS [NODE] [NOT-THIS-TASK]
  local folder
  for pid in $(processes); do
    [ "$(variable "$pid" SLURM_ARRAY_JOB_ID)" = "$1" ] || continue
    task=$(variable "$pid" SLURM_ARRAY_TASK_ID)
    [ -z "${3:-}" ] || [ "$(variable "$pid" SLURMD_NODENAME)" = "$3" ] || continue
    [ "$task" != "${4:-}" ] || continue
    folder=$(run_folder "$pid")
    [ -n "$folder" ] && [ -f "$folder/checkpoint.safetensors" ] || continue
    [ "$(wc -l < "$folder/epochs.csv")" -gt "$2" ] && return 0
  done
  return 1
}

results() { find "$base/$1/runs/$2" -name result.json -not -path '*/.aside/*' | wc -l; }
has_results() { [ "$(results "$1" "$2")" -ge "$3" ]; }

# The results that there are, to be held against what becomes of them.
note_results() { # PROJECT SWEEP
  (cd "$base/$1/runs/$2" && find . -name result.json -exec sha256sum {} +) > "$base/$1/noted"
}
want_results_kept() { # PROJECT SWEEP
  local lost
  lost=$(cd "$base/$1/runs/$2" && sha256sum --check --quiet "$base/$1/noted" 2>&1 | head -n 1)
  want "earlier results" "" "$lost"
}

# The tables are those of one machine.
want_tables() { # PROJECT SWEEP
  local said
  if ! said=$(python3 "$here/tables.py" "$base/alone/reports/$2" "$base/$1/reports/$2" 2>&1); then
    wrong+=("tables unlike those of one machine: $(tail -n 1 <<< "$said")")
  fi
  compared=$said
}

# Each run has one result, one event file, and nothing half done.
want_whole_folders() { # PROJECT SWEEP RUNS
  local folder odd="" runs=0
  for folder in "$base/$1/runs/$2"/*/fold-*; do
    runs=$((runs + 1))
    local events
    events=$(find "$folder" -name 'events.out.tfevents.*' | wc -l)
    [ -f "$folder/result.json" ] || odd+=" $folder has no result"
    [ "$events" = 1 ] || odd+=" $folder has $events event files"
    [ ! -e "$folder/checkpoint.safetensors" ] || odd+=" $folder has a checkpoint still"
  done
  want "runs" "$3" "$runs"
  want "run folders" "" "$odd"
}

# What every sweep that has ended well is held to.
want_as_alone() { # PROJECT SWEEP RUNS
  want_tables "$1" "$2"
  want_whole_folders "$1" "$2" "$3"
  want "exit code of launch status" 0 "$(tp_sweep "$1" launch status "sweeps/$2.yaml")"
}
