"""Writes the JSON files beside this script with PyTorch; README.md says what is in them."""

from pathlib import Path

import torch

import inits
import networks
import optimizers
import schedules
from values import write

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
folder = Path(__file__).parent
version = {"torch": torch.__version__.split("+")[0]}
for module in (optimizers, schedules, inits, networks):
    facts, cases = module.make()
    names = [case["name"] for case in cases]
    assert len(set(names)) == len(names), "two cases of one name"
    write(folder / f"{module.__name__}.json", version | facts, cases)
