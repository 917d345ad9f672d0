"""The training loop as courses teach it: torchvision's MNIST, a DataLoader, `loss.item()`.

Every sample is decoded, normalised and collated anew in each epoch, in Python. With 2 cores PyTorch
has 2 threads, and the loop is the same.
"""

import gzip
import tempfile
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from measure import arguments, measure
from pytorch_model import PACKAGES, make_model
from yardstick import BATCH, DEVIATION, FOLDER, LEARNING_RATE, MEAN, SAMPLES


def mnist(folder):
    """torchvision's own data set, on the files of this repository."""
    raw = Path(folder) / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for packed in FOLDER.glob("*.gz"):
        (raw / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
    transform = transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize((MEAN,), (DEVIATION,))]
    )
    return datasets.MNIST(folder, train=True, transform=transform)


def prepare(options):
    torch.set_num_threads(options.cores)
    device = options.device
    with tempfile.TemporaryDirectory() as folder:
        # It reads all files when it is made.
        samples = mnist(folder)
    loader = DataLoader(samples, batch_size=BATCH, shuffle=True)
    model = nn.Sequential(nn.Flatten(), make_model()).to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)

    def epoch():
        total, right = 0.0, 0
        for images, labels in loader:
            images, labels = images.to(device), labels.to(device)
            optimizer.zero_grad()
            outputs = model(images)
            loss = criterion(outputs, labels)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(labels)
            right += (outputs.argmax(1) == labels).sum().item()
        return total / SAMPLES

    return epoch


if __name__ == "__main__":
    options = arguments(__doc__, devices=("cpu", "cuda"))
    measure("course_loop", prepare, options, PACKAGES + ["torchvision"], threads=True)
