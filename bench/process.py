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
    """A program failed; the message has its exit code and the end of its standard error."""


class TimedOut(Failed):
    """A program ran past its time limit and was stopped."""


@dataclass
class Finished:
    """What a program printed and used."""

    output: str
    seconds: float
    peak_bytes: int
    # Cores that other programs kept busy meanwhile, on average.
    busy_elsewhere: float


def run(command, limit_seconds=1800, cores=None, env=None, cwd=None, enough=None, grace_seconds=0):
    """Runs a program to its end, on the given cores only; raises Failed if it does not succeed.

    `enough()` is polled: once it is true, the program is stopped, which counts as success. A program
    that must stop gets SIGINT and `grace_seconds` to end before its process group is killed.
    """
    command = [str(part) for part in command]
    pin = (lambda: os.sched_setaffinity(0, cores)) if cores else None
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        busy_before, started = busy_seconds(), time.monotonic()
        try:
            # A separate process group, so that child processes are stopped too.
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env=env,
                cwd=cwd,
                preexec_fn=pin,
                start_new_session=True,
            )
        except OSError as error:
            raise Failed(f"cannot start {Path(command[0]).name}: {error.strerror}") from error
        supervisor = Supervisor(process, limit_seconds, enough, grace_seconds)
        supervisor.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            supervisor.finish()
            kill(process.pid)
        seconds = time.monotonic() - started
        own = usage.ru_utime + usage.ru_stime
        elsewhere = max(0.0, busy_seconds() - busy_before - own) / seconds
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if supervisor.reason == "limit":
            raise TimedOut(with_tail(f"ran past {limit_seconds:.0f} s", errors))
        if supervisor.reason is None and process.returncode != 0:
            raise Failed(with_tail(f"exit code {process.returncode}", errors))
        # Linux counts ru_maxrss in KiB.
        return Finished(output.read(), seconds, usage.ru_maxrss * 1024, elsewhere)


class Supervisor(threading.Thread):
    """Stops a process group at its time limit, or as soon as there is enough."""

    POLL_SECONDS = 0.05

    def __init__(self, process, limit_seconds, enough, grace_seconds):
        super().__init__(daemon=True)
        self.process, self.enough, self.grace_seconds = process, enough, grace_seconds
        self.deadline = time.monotonic() + limit_seconds
        self.finished = threading.Event()
        # Why the process was stopped: "enough", "limit", or None if it ended by itself.
        self.reason = None

    def run(self):
        while not self.finished.wait(self.POLL_SECONDS):
            if self.enough and self.enough():
                self.reason = "enough"
            elif time.monotonic() > self.deadline:
                self.reason = "limit"
            if self.reason:
                if self.grace_seconds:
                    kill(self.process.pid, signal.SIGINT)
                    self.finished.wait(self.grace_seconds)
                return kill(self.process.pid)

    def finish(self):
        self.finished.set()
        self.join()


def end_children_at_sigterm():
    """SIGTERM becomes an exception, so that `run` ends what it started."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def kill(group, number=signal.SIGKILL):
    """Sends a signal to a process group, which may have ended already."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass


def with_tail(reason, errors):
    """A reason, and the end of what the program wrote to standard error."""
    end = tail(errors.read())
    return f"{reason}: {end}" if end else reason


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
