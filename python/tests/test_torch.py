"""Models in PyTorch, compared with the program's predictions."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest

import tp_sweep

torch = pytest.importorskip("torch")
numpy = pytest.importorskip("numpy")
pytest.importorskip("safetensors")

SAMPLES = 50


@pytest.mark.parametrize(
    "model",
    [
        {"kind": "mlp", "width": [16, 8], "norm": "batch", "dropout": 0.2},
        {"kind": "cnn", "channels": [4, 8], "width": 16, "norm": "batch"},
    ],
)
def test_logits_are_those_of_predict(model: dict[str, object]) -> None:
    generator = numpy.random.default_rng(1)
    images = generator.integers(0, 256, (SAMPLES, 28, 28), dtype=numpy.uint8)
    numpy.save("images.npy", images)
    sweep = {"name": "model", "data": {"limit": 300}, "model": model, "training": {"epochs": 1}}
    results = tp_sweep.run({**sweep, "validation": {"folds": 2}}, device="cpu")
    Path("sweep.yaml").write_text(json.dumps({**sweep, "validation": {"folds": 2}}))
    program = str(tp_sweep.program())
    subprocess.run([program, "export", "sweep.yaml", "--output", "exported"], check=True, capture_output=True)
    predicted = subprocess.run(
        [program, "predict", "exported", "images.npy", "--logits"], check=True, capture_output=True, text=True
    )
    rows = list(csv.DictReader(io.StringIO(predicted.stdout)))
    expected = numpy.array([[float(row[f"logit_{digit}"]) for digit in range(10)] for row in rows])
    network = results.load_model()
    with torch.no_grad():
        logits = network(torch.from_numpy(images).unsqueeze(1)).numpy()
    assert numpy.abs(logits - expected).max() < 1e-4
    assert not network.training


def test_another_fold_is_another_model() -> None:
    sweep = {"name": "folds", "data": {"limit": 300}, "training": {"epochs": 1}, "validation": {"folds": 2}}
    results = tp_sweep.run(sweep, device="cpu")
    first, second = results.load_model(fold=0), results.load_model(fold=1)
    assert not torch.equal(first.state_dict()["layer1.weight"], second.state_dict()["layer1.weight"])
    with pytest.raises(tp_sweep.TpSweepError):
        results.load_model(fold=7)
