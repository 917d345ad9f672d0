"""Peak memory of PyTorch for the models of bench/memory.yaml, as max_memory_allocated counts it.

One line of JSON: for each model the peak of bytes in use while a few steps are trained, without the
data set.
"""

import argparse
import json

import torch
from torch import nn
from torch.nn.functional import cross_entropy

BATCH, STEPS, FEATURES, CLASSES = 64, 5, 784, 10


def mlp(layers, width, norm=False):
    sizes = [FEATURES] + [width] * layers
    stages = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        stages += [nn.Linear(inputs, outputs), *([nn.BatchNorm1d(width)] * norm), nn.ReLU()]
    return nn.Sequential(*stages, nn.Linear(width, CLASSES))


def cnn(first, second, width):
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        *(nn.Conv2d(1, first, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(first, second, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(second * 49, width), nn.ReLU(), nn.Linear(width, CLASSES)),
    )


MODELS = {
    "mlp-1x128-sgd": (lambda: mlp(1, 128), torch.optim.SGD),
    "mlp-3x1024-adam": (lambda: mlp(3, 1024), torch.optim.Adam),
    "mlp-3x1024-batch-norm": (lambda: mlp(3, 1024, norm=True), torch.optim.SGD),
    "cnn-16-32": (lambda: cnn(16, 32, 64), torch.optim.SGD),
}


def peak_bytes(make_model, make_optimizer):
    images = torch.rand(BATCH, FEATURES, device="cuda")
    labels = torch.randint(CLASSES, (BATCH,), device="cuda")
    # Libraries keep their workspaces from the first product on; they belong to no model.
    torch.mm(images, images.T)
    torch.cuda.synchronize()
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    model = make_model().to("cuda")
    optimizer = make_optimizer(model.parameters(), lr=0.01)
    for _ in range(STEPS):
        optimizer.zero_grad()
        cross_entropy(model(images), labels).backward()
        optimizer.step()
    torch.cuda.synchronize()
    return torch.cuda.max_memory_allocated() - before


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", choices=["cuda"], default="cuda")
    parser.parse_args()
    print(json.dumps({name: peak_bytes(*model) for name, model in MODELS.items()}))


if __name__ == "__main__":
    main()
