"""Writes the notebooks of the course, in English and in French, from one source each.

    python notebooks/build.py            # writes notebooks/en and notebooks/fr
    python notebooks/build.py --check    # writes nothing; exit code 1 if they differ from what it would write

A source is a script in jupytext's percent format. Its cells may have this metadata:

    lang="en", lang="fr"    The cell is for this language. An English cell is followed by its French one.
    sweep="axe2"            The cell writes sweeps/axe2.yaml; its text is that of the sweep file in this language.
    exercise=true           An empty cell for the reader's code.
    solution=true           A code cell that is collapsed.

Needs jupytext (judges/notebooks/requirements.txt).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

FOLDER = Path(__file__).resolve().parent
REPOSITORY = FOLDER.parent
LANGUAGES = ["en", "fr"]
EXERCISE = {"en": "# Your code", "fr": "# Votre code"}
SOLUTIONS = {"en": "## Solutions", "fr": "## Solutions"}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class SourceError(Exception):
    """A source that cannot become two notebooks."""


def cells_by_language(cells: list[NotebookNode]) -> dict[str, list[NotebookNode]]:
    """The cells of each language, in order.

    Raises:
        SourceError: A cell of one language has no counterpart in the other.
    """
    notebooks: dict[str, list[NotebookNode]] = {language: [] for language in LANGUAGES}
    remaining = iter(cells)
    for cell in remaining:
        if "lang" not in cell.metadata:
            for notebook in notebooks.values():
                notebook.append(cell)
            continue
        group = [cell, *(next(remaining, None) for _ in LANGUAGES[1:])]
        found = [(other or {}).get("metadata", {}).get("lang") for other in group]
        if found != LANGUAGES or len({other.cell_type for other in group if other}) > 1:
            raise SourceError(f"expected a cell in each of {LANGUAGES}, found {found}, at:\n{cell.source}")
        for language, other in zip(LANGUAGES, group, strict=True):
            notebooks[language].append(other)
    return notebooks


def sweep_text(name: str, language: str) -> str:
    """The text of a sweep file of the course, as ``tp-sweep init course`` writes it."""
    if language == "fr":
        return (REPOSITORY / f"src/starter/templates/course_fr/{name}.yaml").read_text(encoding="utf-8")
    text = (REPOSITORY / f"sweeps/{name}.yaml").read_text(encoding="utf-8")
    return text.replace("../docs/sweep.schema.json", "sweep.schema.json", 1)


def finished_cells(cells: list[NotebookNode], language: str) -> Iterator[NotebookNode]:
    """The cells of the notebook in this language."""
    is_solution = False
    for index, cell in enumerate(cells, start=1):
        role, source = cell.metadata, cell.source
        metadata: dict[str, object] = {}
        if "sweep" in role:
            source = f"%%writefile sweeps/{role['sweep']}.yaml\n{sweep_text(role['sweep'], language).rstrip()}"
        if role.get("exercise"):
            source = EXERCISE[language]
            metadata = {"tags": ["exercise"]}
        if is_solution:
            metadata = {"tags": ["solution"]}
        if role.get("solution"):
            metadata["jupyter"] = {"source_hidden": True}
        if source == SOLUTIONS[language]:
            is_solution = True
            # JupyterLab shows the heading alone until the reader opens it.
            metadata = {"jp-MarkdownHeadingCollapsed": True}
        new_cell = new_markdown_cell if cell.cell_type == "markdown" else new_code_cell
        yield new_cell(source, metadata=metadata, id=f"cell-{index}")


def notebook_texts(source: Path) -> dict[str, str]:
    """The text of the notebook in each language.

    Raises:
        SourceError: The source's cells do not match.
    """
    cells = jupytext.read(source, fmt="py:percent").cells
    texts = {}
    for language, own in cells_by_language(cells).items():
        notebook = new_notebook(cells=list(finished_cells(own, language)), metadata=METADATA)
        nbformat.validate(notebook)
        texts[language] = nbformat.writes(notebook).rstrip() + "\n"
    return texts


def is_up_to_date(path: Path, contents: bytes | None) -> bool:
    """Whether a file has these contents; without contents, whether there is no such file."""
    return path.read_bytes() == contents if path.is_file() else contents is None


def main() -> int:
    """Writes or checks every notebook."""
    parser = argparse.ArgumentParser(description="Writes the notebooks of the course from their sources.")
    parser.add_argument("--check", action="store_true", help="only compare them with their sources")
    only_checks = parser.parse_args().check
    expected = {}
    for source in sorted((FOLDER / "source").glob("*.py")):
        for language, text in notebook_texts(source).items():
            expected[FOLDER / language / f"{source.stem}.ipynb"] = text.encode()
    found = {path for language in LANGUAGES for path in (FOLDER / language).glob("*.ipynb")}
    outdated = sorted(path for path in found | expected.keys() if not is_up_to_date(path, expected.get(path)))
    if not only_checks:
        for path in outdated:
            path.parent.mkdir(exist_ok=True)
            if path in expected:
                path.write_bytes(expected[path])
            else:
                path.unlink()
        return 0
    for path in outdated:
        print(f"{path.relative_to(REPOSITORY)} differs from its source: run python notebooks/build.py", file=sys.stderr)
    return 1 if outdated else 0


if __name__ == "__main__":
    sys.exit(main())
