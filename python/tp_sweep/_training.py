"""Runs a training and shows its progress."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable
from threading import Thread
from typing import IO

from ._program import check, environment, program
from ._progress import NotebookBar, ProgressBar, in_notebook

# Lines of the program's messages that an error shows.
_MESSAGE_LINES = 200


def train(arguments: Iterable[str], progress: bool | None) -> str:
    """Runs ``tp-sweep run`` with these arguments and shows its progress; returns its standard output.

    An interrupt (the stop button of a notebook, Ctrl-C) stops the training: finished runs are kept, and the same call
    resumes the rest.

    Raises:
        KeyboardInterrupt: It was interrupted.
        TpSweepError: The sweep cannot start.
    """
    bar: ProgressBar | None = None
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    if in_notebook() and progress is not False:
        bar = NotebookBar()
    # On a terminal, the program draws its own bar.
    draws_itself = bar is None and is_terminal and progress is not False
    format_arguments = [] if draws_itself else ["--progress", "json"]
    child = subprocess.Popen(
        [str(program()), "run", *arguments, *format_arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=None if draws_itself else subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=None if draws_itself else environment(),
        # An interrupt reaches this process alone, which passes it on once.
        start_new_session=not draws_itself,
    )
    messages: deque[str] = deque(maxlen=_MESSAGE_LINES)
    # The program may write more than a pipe holds.
    output: list[str] = []
    reader = Thread(target=_read_all, args=(child.stdout, output), daemon=True)
    reader.start()
    try:
        if child.stderr is not None:
            _follow(child.stderr, bar, messages, progress is True)
        exit_code = child.wait()
        reader.join()
    except BaseException:
        # On a terminal, Ctrl-C has reached the program too; a second signal would end it without a checkpoint.
        if child.poll() is None and not draws_itself:
            _interrupt(child)
        if child.stderr is not None:
            # A full pipe would block the program's end.
            child.stderr.read()
        child.wait()
        raise
    finally:
        if bar is not None:
            bar.close()
    if exit_code == 128 + signal.SIGINT:
        raise KeyboardInterrupt
    if draws_itself:
        messages.append(f"tp-sweep ended with exit code {exit_code}; its message is above")
    check(exit_code, "".join(messages))
    return "".join(output)


def _read_all(pipe: IO[str] | None, into: list[str]) -> None:
    if pipe is not None:
        into.append(pipe.read())


def _interrupt(child: subprocess.Popen[str]) -> None:
    """Asks the program to stop: it saves checkpoints first."""
    if os.name == "posix":
        child.send_signal(signal.SIGINT)
    else:
        child.terminate()


def _follow(lines: IO[str], bar: ProgressBar | None, messages: deque[str], prints: bool) -> None:
    """Reads the program's progress until it ends."""
    for line in lines:
        event = _event(line)
        if event is None:
            messages.append(line)
            if line.startswith("!"):
                # Warnings are for the user, as on a terminal.
                print(line, end="", file=sys.stderr)
            continue
        if bar is not None:
            bar.update(event)
        if prints and bar is None and event["event"] == "run":
            print(f"{event['done']}/{event['runs']} runs", file=sys.stderr)


def _event(line: str) -> dict[str, object] | None:
    """The event of a line of progress; ``None`` for other lines."""
    if not line.startswith("{"):
        return None
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None
