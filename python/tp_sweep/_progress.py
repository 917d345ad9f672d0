"""Progress bars."""

from __future__ import annotations

import html
import sys
from collections.abc import Mapping
from typing import Any, Protocol


class ProgressBar(Protocol):
    """Shows the progress of a training."""

    def update(self, event: Mapping[str, object]) -> None:
        """Shows an event of ``tp-sweep run --progress json``."""

    def close(self) -> None:
        """The training has ended."""


def in_notebook() -> bool:
    """Whether this is the kernel of a notebook, which shows HTML."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ in ("ZMQInteractiveShell", "Shell")


class NotebookBar:
    """A bar in the output of a notebook's cell."""

    def __init__(self) -> None:
        self._runs = 0
        self._done = 0
        self._text = "starting"
        self._handle: Any = None
        self._draw()

    def update(self, event: Mapping[str, object]) -> None:
        """Shows an event."""
        match_event = event["event"]
        if match_event in ("started", "run"):
            self._runs = _number(event["runs"])
            self._done = _number(event["done"])
            failed = _number(event.get("failed", 0))
            self._text = f"{failed} failed" if failed else ""
        elif match_event == "epoch":
            self._text = f"{event['run']}: epoch {event['epoch']} of {event['epochs']}"
        elif match_event == "profiling":
            self._text = f"measuring speed and memory: {event['done']} of {event['kinds']}"
        elif match_event == "message":
            self._text = str(event["message"])
        self._draw()

    def close(self) -> None:
        """Clears the text and keeps the bar."""
        self._text = ""
        self._draw()

    def _draw(self) -> None:
        from IPython.display import HTML, display

        shown = HTML(
            f'<progress max="{max(self._runs, 1)}" value="{self._done}" style="width: 24em"></progress> '
            f"{self._done}/{self._runs} runs <small>{html.escape(self._text)}</small>"
        )
        if self._handle is None:
            self._handle = display(shown, display_id=True)
        else:
            self._handle.update(shown)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
