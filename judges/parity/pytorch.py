"""Trains rows of pytorch.json again with PyTorch, on a CPU, and prints both figures.

    target/pytorch-environment/bin/python judges/parity/pytorch.py [ROW …]

judges/pytorch/run.sh makes the environment. Without a row: all of them, in about ten minutes. With
the versions of judges/pytorch/requirements.txt all twelve rows came out as in the file, to its last
digit; another kind of CPU may round differently.
"""

import gzip
import json
import sys
from pathlib import Path
from statistics import mean, stdev

import torch
from torch import nn

ROOT = Path(__file__).resolve().parents[2]
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "rmsprop": torch.optim.RMSprop}


def idx(name, header):
    data = gzip.decompress((ROOT / "data" / "mnist" / name).read_bytes())
    return torch.frombuffer(bytearray(data[header:]), dtype=torch.uint8)


def part(name):
    """Images, normalised, and labels."""
    images = idx(f"{name}-images-idx3-ubyte.gz", 16).view(-1, 784).float()
    return (images / 255 - 0.1307) / 0.3081, idx(f"{name}-labels-idx1-ubyte.gz", 8).long()


def network(settings):
    steps, size = [], 784
    for _ in range(settings["model.layers"]):
        steps.append(nn.Linear(size, settings["model.width"]))
        size = settings["model.width"]
        if settings["model.norm"] == "batch":
            steps.append(nn.BatchNorm1d(size))
        steps.append(ACTIVATIONS[settings["model.activation"]]())
        if settings["model.dropout"] > 0:
            steps.append(nn.Dropout(settings["model.dropout"]))
    steps.append(nn.Linear(size, 10))
    for layer in steps:
        if isinstance(layer, nn.Linear) and settings["model.init"] != "default":
            nn.init.zeros_(layer.bias)
            if settings["model.init"] == "zeros":
                nn.init.zeros_(layer.weight)
            else:
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return nn.Sequential(*steps)


def train(settings, seed, training, test):
    """The test accuracy in percent and the last epoch's training loss."""
    torch.manual_seed(seed)
    model = network(settings)
    rate, momentum = settings["training.learning_rate"], settings["training.momentum"]
    options = {"momentum": momentum} if settings["training.optimizer"] == "sgd" else {}
    optimizer = OPTIMIZERS[settings["training.optimizer"]](model.parameters(), rate, **options)
    images, labels = training
    for _ in range(settings["training.epochs"]):
        total = 0.0
        for batch in torch.randperm(len(labels)).split(settings["training.batch_size"]):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
    model.eval()
    with torch.no_grad():
        right = (model(test[0]).argmax(1) == test[1]).float().mean().item()
    return 100 * right, total / len(labels)


def main():
    torch.set_num_threads(1)
    rows = json.loads((ROOT / "judges" / "parity" / "pytorch.json").read_text())["rows"]
    chosen = sys.argv[1:] or [row["id"] for row in rows]
    training, test = part("train"), part("t10k")
    for row in (row for row in rows if row["id"] in chosen):
        runs = [train(row["settings"], seed, training, test) for seed in range(row["seeds"])]
        accuracies, losses = zip(*runs)
        of_file, loss_of_file = row["test_accuracy"], row["train_loss"]
        print(
            f"{row['id']}: test accuracy {mean(accuracies):.3f} ± {stdev(accuracies):.3f}"
            f" (file: {of_file['mean']:.3f} ± {of_file['sd']:.3f}),"
            f" training loss {mean(losses):.4f} ± {stdev(losses):.4f}"
            f" (file: {loss_of_file['mean']:.4f} ± {loss_of_file['sd']:.4f})",
            flush=True,
        )


if __name__ == "__main__":
    main()
