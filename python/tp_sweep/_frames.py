"""Tables as frames of pandas or polars."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    import pandas
    import polars

#: A table.
Frame: TypeAlias = "pandas.DataFrame | polars.DataFrame"

#: The libraries of frames.
FrameLibrary = Literal["pandas", "polars"]


def read_csv(contents: bytes, library: FrameLibrary | None) -> Frame:
    """A CSV file as a frame.

    Raises:
        ImportError: Neither library is installed.
    """
    if library is None:
        installed = [name for name in ("pandas", "polars") if importlib.util.find_spec(name)]
        if not installed:
            raise ImportError("tables need pandas or polars: pip install pandas")
        library = "pandas" if "pandas" in installed else "polars"
    if library == "pandas":
        import pandas

        table: Frame = pandas.read_csv(
            # A level may be called `NA` or `None`; only an empty cell has no value.
            io.BytesIO(contents),
            keep_default_na=False,
            na_values=[""],
        )
        return table
    import polars

    return polars.read_csv(contents, infer_schema_length=None)


def rows(contents: bytes) -> Iterator[dict[str, Any]]:
    """The rows of a CSV file: numbers and flags as such, ``None`` for empty cells."""
    for row in csv.DictReader(io.StringIO(contents.decode())):
        yield {name: _value(cell) for name, cell in row.items()}


def _value(cell: str) -> Any:
    if cell == "":
        return None
    if cell in ("true", "false"):
        return cell == "true"
    try:
        # Like Python's numbers, those of the program's tables are JSON's; words such as NaN are text.
        return json.loads(cell) if cell[0] in "-0123456789" else cell
    except ValueError:
        return cell
