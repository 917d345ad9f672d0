"""Figures, which notebooks show."""

from __future__ import annotations

from pathlib import Path


class Figure:
    """A figure of a report.

    Attributes:
        path: The SVG file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"Figure({str(self.path)!r})"

    @property
    def svg(self) -> str:
        """The text of the SVG file."""
        return self.path.read_text(encoding="utf-8")

    def _repr_svg_(self) -> str:
        return self.svg
