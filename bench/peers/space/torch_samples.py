"""The samples of a cell as tensors, as both PyTorch peers use them."""

import torch

from samples import load, shuffled_epochs


def set_up():
    """One thread, since each core has a process of its own."""
    torch.set_num_threads(1)
    torch.manual_seed(0)


def tensors(cell):
    """Values and labels, and a function that draws the batches of a call."""
    values, labels = map(torch.from_numpy, load(cell))
    if cell.channels:
        # [samples, channels, height, width], and in memory as loaded: channels last.
        values = values.permute(0, 3, 1, 2)
    count = len(labels)
    return values, labels, lambda: torch.from_numpy(shuffled_epochs(cell, count))
