"""Running programs: with a time limit, with what they used, and with what others used meanwhile."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

# A machine at rest has other programs on less than this many cores, on average.
DISTURBED_CORES = 0.1


class Failed(Exception):
    """A program ended badly or ran past its limit; the message has the end of what it said."""


@dataclass
class Finished:
    """What a program printed and used."""

    output: str
    seconds: float
    peak_bytes: int
    # Cores that other programs kept busy meanwhile, on average.
    busy_elsewhere: float


def run(command, limit_seconds=1800, cores=None):
    """Runs a program to its end, on the given cores only; Failed if it does not succeed."""
    command = [str(part) for part in command]
    pin = (lambda: os.sched_setaffinity(0, cores)) if cores else None
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        busy_before, started = busy_seconds(), time.monotonic()
        # A process group of its own, so that at the limit its child processes end with it.
        process = subprocess.Popen(
            command, stdout=output, stderr=errors, preexec_fn=pin, start_new_session=True
        )
        late = threading.Event()
        timer = threading.Timer(limit_seconds, lambda: (late.set(), end(process)))
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            end(process)
            raise
        finally:
            timer.cancel()
        seconds = time.monotonic() - started
        own = usage.ru_utime + usage.ru_stime
        elsewhere = max(0.0, busy_seconds() - busy_before - own) / seconds
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if late.is_set():
            raise Failed(f"ran past {limit_seconds:.0f} s: {tail(errors.read())}")
        if process.returncode != 0:
            raise Failed(f"exit code {process.returncode}: {tail(errors.read())}")
        # Linux counts ru_maxrss in KiB.
        return Finished(output.read(), seconds, usage.ru_maxrss * 1024, elsewhere)


def end_children_at_sigterm():
    """SIGTERM becomes an exception, so that `run` ends what it started."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def end(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def tail(text, characters=800):
    return text.strip()[-characters:]


def busy_seconds():
    """Processor time of all programs since the machine started, all cores together."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _waiting, irq, softirq, steal = map(int, fields[:8])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def write_json(path, value):
    """Whole or not at all, so that an end at any time leaves the last complete file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(value, indent=1) + "\n")
    os.replace(beside, path)
