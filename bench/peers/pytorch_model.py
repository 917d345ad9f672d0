"""The yardstick's model and data in PyTorch, as several peers use them."""

import torch
from torch import nn

from yardstick import CLASSES, FEATURES, HIDDEN, training_samples

PACKAGES = ["torch"]


def set_up(options):
    """One thread, since each core has a process of its own; float32 in full, or TF32 if asked."""
    torch.set_num_threads(1)
    if getattr(options, "tf32", False):
        torch.set_float32_matmul_precision("high")


def make_model():
    return nn.Sequential(nn.Linear(FEATURES, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES))


def samples_on(device):
    """All training samples as tensors on the device."""
    images, labels = training_samples()
    return torch.from_numpy(images).to(device), torch.from_numpy(labels).to(device)


def as_one_graph(train, count, device):
    """An epoch of `train(order)` as one CUDA graph: a single launch for all its steps."""
    order = torch.randperm(count, device=device)
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    # Libraries allocate their workspaces at the first steps, which a capture does not allow.
    with torch.cuda.stream(stream):
        train(order[:256])
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loss = train(order)

    def epoch():
        order.copy_(torch.randperm(count, device=device))
        graph.replay()
        return loss.item()

    return epoch
