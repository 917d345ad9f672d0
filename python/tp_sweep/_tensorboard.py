"""TensorBoard, in notebooks."""

from __future__ import annotations

import shlex
from pathlib import Path

from ._progress import in_notebook


def show_tensorboard(folder: Path) -> bool:
    """Shows TensorBoard on this folder in the output of the cell; false where it cannot be shown."""
    if not in_notebook():
        return False
    try:
        from tensorboard import notebook
    except ImportError:
        return False
    # TensorBoard finds a free port, and uses a server again that shows the same folder.
    notebook.start(shlex.join(["--logdir", str(folder.absolute())]))
    return True
