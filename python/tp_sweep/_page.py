"""Pages, which notebooks show."""

from __future__ import annotations

import html
import webbrowser
from pathlib import Path


class Page:
    """The HTML page of a report.

    Attributes:
        path: The HTML file.
        height: The height of its frame in a notebook, in pixels.
    """

    def __init__(self, path: Path, height: int = 800) -> None:
        self.path = path
        self.height = height

    def __repr__(self) -> str:
        return f"Page({str(self.path)!r})"

    def open(self) -> bool:
        """Opens the page in a browser; false if there is none."""
        return webbrowser.open(self.path.absolute().as_uri())

    def _repr_html_(self) -> str:
        page = html.escape(self.path.read_text(encoding="utf-8"), quote=True)
        # Its own document: the page's styles and scripts stay apart from the notebook's.
        return f'<iframe srcdoc="{page}" width="100%" height="{self.height}" style="border: 1px solid #8888"></iframe>'
