"""TensorBoard, in notebooks."""

from __future__ import annotations

import os
import shlex
import sysconfig
from pathlib import Path

from ._progress import in_notebook


def show_tensorboard(folder: Path) -> bool:
    """Shows TensorBoard on this folder in the output of the cell; false if that is not possible."""
    if not in_notebook():
        return False
    try:
        from tensorboard import notebook
    except Exception:  # its dependencies raise errors of many types when their versions do not match
        return False
    # TensorBoard looks for its program on the path, where that of a virtual environment is only if it is active.
    program = Path(sysconfig.get_path("scripts"), "tensorboard")
    if program.is_file():
        os.environ.setdefault("TENSORBOARD_BINARY", str(program))
    # It finds a free port, and reuses a server that shows the same folder.
    notebook.start(shlex.join(["--logdir", str(folder.absolute())]))
    return True
