"""Executes the notebooks of the course, and checks what their cells show.

    TP_SWEEP=target/release/tp-sweep PYTHONPATH=python python judges/notebooks/check.py FOLDER

Writes a project of each language to FOLDER, with the executed notebooks in executed/ as .ipynb and .html.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbformat import NotebookNode

import tp_sweep

#: A cell that takes longer hangs: the slowest takes half a minute on 2 cores.
CELL_SECONDS = 1200

#: What the outputs of a notebook must contain: a part of the code of a cell, a kind of output, a part of the output.
EXPECTED = {
    "axe1": [
        ("print(sweep.plan())", "text/plain", "runs      5 "),
        ('"mean_test_accuracy"', "text/html", "<table"),
        ('figure("confusion")', "image/svg+xml", "<svg"),
        ("results.report()", "text/html", "<iframe"),
        ("784 * 128", "text/plain", "(101770, [101770])"),
    ],
    "axe2": [
        ('"param_model.activation",', "text/html", "sigmoid"),
        ('figure("learning-curves")', "image/svg+xml", "<svg"),
        ("gradient_norm", "text/html", "gradient_norm_layer7"),
        ('"gelu"', "text/html", "leaky_relu"),
    ],
    "axe3": [
        ('trials["peak_mib"]', "text/html", "rmsprop"),
        ("101_770", "text/plain", "momentum"),
        ('"axe3-rates"', "text/html", "0.0001"),
    ],
    "axe4": [
        ("losses.iloc", "text/html", "train_loss"),
        ('figure("difficult-samples")', "image/svg+xml", "<svg"),
        ("idxmin", "text/html", "val_accuracy"),
    ],
    "axe5": [
        ('figure("main-effects")', "image/svg+xml", "<svg"),
        ('figure("heat-map")', "image/svg+xml", "<svg"),
        ("pivot_table", "text/html", "param_model.layers"),
        ("differing", "text/plain", "{3: 0, 10: "),
        ("cv_results_", "text/plain", "mean_test_score"),
    ],
    "axe6": [
        ("gradients-norm-batch", "image/svg+xml", "<svg"),
        ('"axe6-rates"', "text/html", "batch"),
        ("tp_sweep.compare", "text/html", "<iframe"),
    ],
}


def shown(cell: NotebookNode, kind: str) -> str:
    """The outputs of this kind of a cell; a printed text counts as plain text."""
    texts = []
    for output in cell.outputs:
        if output.output_type == "stream" and kind == "text/plain":
            texts.append(output.text)
        else:
            texts.append(output.get("data", {}).get(kind, ""))
    return "\n".join(texts)


def check_outputs(name: str, notebook: NotebookNode) -> list[str]:
    """What a notebook should show and does not."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    missing = []
    for source, kind, text in EXPECTED[name]:
        outputs = [shown(cell, kind) for cell in code if source in cell.source]
        if not any(text in output for output in outputs):
            missing.append(f"no cell with {source} shows {text!r} as {kind}")
    return missing


def execute(path: Path, folder: Path) -> NotebookNode:
    """Executes a notebook in this folder.

    Raises:
        CellExecutionError: A cell failed.
    """
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=CELL_SECONDS, kernel_name="python3", resources=resources).execute()
    return notebook


def main() -> int:
    """Executes every notebook in both languages; returns the exit code."""
    folder = Path(sys.argv[1])
    failures = 0
    started = time.monotonic()
    for language in ["en", "fr"]:
        project = folder / language
        if project.exists():
            sys.exit(f"{project} exists already")
        subprocess.run([tp_sweep.program(), "init", "course", str(project), "--language", language], check=True)
        if language != "en":
            # Both languages have the same trials, so the French notebooks reuse the English results.
            shutil.copytree(folder / "en" / "runs", project / "runs")
        executed = project / "executed"
        executed.mkdir(exist_ok=True)
        for name in EXPECTED:
            before = time.monotonic()
            notebook = execute(project / f"{name}.ipynb", project)
            nbformat.write(notebook, executed / f"{name}.ipynb")
            html, _ = HTMLExporter().from_notebook_node(notebook)
            (executed / f"{name}.html").write_text(html, encoding="utf-8")
            missing = check_outputs(name, notebook)
            failures += len(missing)
            for message in missing:
                print(f"{language}/{name}: {message}")
            print(f"{language}/{name}: {time.monotonic() - before:.1f} s")
    print(f"{2 * len(EXPECTED)} notebooks in {time.monotonic() - started:.0f} s, {failures} failed checks")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
