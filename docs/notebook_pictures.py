"""Takes screenshots of the results in executed notebooks: python docs/notebook_pictures.py NOTEBOOKS FOLDER

NOTEBOOKS is a folder of executed notebooks, such as judges/notebooks/run.sh keeps. Each picture shows the cells from
the first results heading to the exercises, without the report and TensorBoard.

Needs chromium and the environment of judges/notebooks.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from PIL import Image, ImageChops

WIDTH, MAX_HEIGHT, MARGIN = 1040, 4000, 12
STARTS = ("## The results", "## 3,000 images")


def result_cells(cells):
    """The cells with tables and figures."""
    shown = False
    for cell in cells:
        shown = shown or cell.source.startswith(STARTS)
        if cell.source.startswith("## Exercises"):
            return
        if shown and not cell.source.endswith((".tensorboard()", ".report()")) and "TensorBoard" not in cell.source:
            yield cell


def photograph(page, picture):
    """Takes a picture of a page, without the empty part below it."""
    with tempfile.TemporaryDirectory() as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
        options += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
        options += ["--hide-scrollbars", "--virtual-time-budget=15000", f"--user-data-dir={profile}"]
        options += [f"--window-size={WIDTH},{MAX_HEIGHT}", f"--screenshot={picture}", page.as_uri()]
        subprocess.run(["chromium", *options], check=True, capture_output=True)
    image = Image.open(picture).convert("RGB")
    white = Image.new("RGB", image.size, image.getpixel((0, 0)))
    box = ImageChops.difference(image, white).getbbox()
    if box is None:
        sys.exit(f"{page} is empty")
    image = image.crop((0, 0, WIDTH, min(box[3] + MARGIN, MAX_HEIGHT)))
    image.quantize(256).save(picture, optimize=True)


def main():
    notebooks, folder = map(Path, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as pages:
        for path in sorted(notebooks.glob("axe*.ipynb")):
            notebook = nbformat.read(path, as_version=4)
            notebook.cells = list(result_cells(notebook.cells))
            page = Path(pages, f"{path.stem}.html")
            page.write_text(HTMLExporter().from_notebook_node(notebook)[0], encoding="utf-8")
            photograph(page, (folder / f"notebook-{path.stem}.png").absolute())


if __name__ == "__main__":
    main()
