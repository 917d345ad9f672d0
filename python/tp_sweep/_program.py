"""The program, and how it is called."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from ._errors import ResultsMissingError, TpSweepError

_RESULTS_MISSING = 3


def program() -> Path:
    """The path of the program: the one that was installed with this module, else the one on the path.

    The environment variable ``TP_SWEEP`` overrides it.
    """
    name = "tp-sweep.exe" if os.name == "nt" else "tp-sweep"
    override = os.environ.get("TP_SWEEP")
    if override:
        return Path(override)
    # `pip install --user` uses another scheme than a virtual environment.
    user_scheme = {"nt": "nt_user"}.get(os.name, "posix_user")
    folders = [
        sysconfig.get_path("scripts"),
        sysconfig.get_path("scripts", user_scheme),
        os.path.dirname(sys.executable),
    ]
    for folder in folders:
        path = Path(folder, name)
        if path.is_file():
            return path
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(
            f"cannot find {name}: install the tp-sweep wheel in this environment, or set TP_SWEEP to its path"
        )
    return Path(found)


def version() -> str:
    """The version of the program, such as ``0.1.0``."""
    return call(["--version"]).split()[-1]


def environment() -> dict[str, str]:
    """The environment of the program, without the variables by which Jupyter forces colours: its messages are read."""
    forces = ("FORCE_COLOR", "CLICOLOR_FORCE")
    inherited = {name: value for name, value in os.environ.items() if name not in forces}
    return {**inherited, "NO_COLOR": "1"}


def call(arguments: Iterable[str], *, partial: bool = False) -> str:
    """Runs the program with these arguments; returns its standard output.

    Args:
        arguments: The command and its arguments.
        partial: Whether results may be missing, if there are some.

    Raises:
        TpSweepError: The program ended with an exit code other than 0 and 1 (some runs failed).
    """
    done = subprocess.run(
        [str(program()), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        env=environment(),
    )
    if not (partial and done.returncode == _RESULTS_MISSING and done.stdout):
        check(done.returncode, done.stderr)
    return done.stdout


def check(exit_code: int, message: str) -> None:
    """Raises the error of an exit code, unless the program did its work.

    Raises:
        TpSweepError: The exit code is neither 0 nor 1 (some runs failed; the results show which).
    """
    if exit_code in (0, 1):
        return
    # The error follows the warnings.
    warnings, mark, error = message.partition("× ")
    text = (error if mark else warnings).strip() or f"tp-sweep ended with exit code {exit_code}"
    if exit_code == _RESULTS_MISSING:
        raise ResultsMissingError(text, exit_code)
    raise TpSweepError(text, exit_code)
