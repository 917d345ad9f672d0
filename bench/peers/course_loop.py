"""The training loop as courses teach it: transforms in a Dataset, a DataLoader, `loss.item()`.

Every sample is decoded, normalised and collated anew in each epoch, in Python. With 2 cores PyTorch
has 2 threads, and the loop is the same.
"""

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from measure import arguments, measure
from pytorch_model import PACKAGES, make_model
from yardstick import BATCH, DEVIATION, LEARNING_RATE, MEAN, SAMPLES, read


class Mnist(Dataset):
    """Like torchvision.datasets.MNIST, read from the files of this repository."""

    def __init__(self):
        pixels = read("train-images-idx3-ubyte.gz", header=16)
        # A copy, since PyTorch does not like arrays that cannot be written.
        self.images = pixels.reshape(SAMPLES, 28, 28).copy()
        self.labels = read("train-labels-idx1-ubyte.gz", header=8)
        self.transform = transforms.Compose(
            [transforms.ToTensor(), transforms.Normalize((MEAN,), (DEVIATION,))]
        )

    def __len__(self):
        return SAMPLES

    def __getitem__(self, index):
        return self.transform(self.images[index][:, :, None]), int(self.labels[index])


def prepare(options):
    torch.set_num_threads(options.cores)
    device = options.device
    loader = DataLoader(Mnist(), batch_size=BATCH, shuffle=True)
    model = nn.Sequential(nn.Flatten(), make_model()).to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)

    def epoch():
        total = 0.0
        for images, labels in loader:
            images, labels = images.to(device), labels.to(device)
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(labels)
        return total / SAMPLES

    return epoch


if __name__ == "__main__":
    options = arguments(__doc__, devices=("cpu", "cuda"))
    measure("course_loop", prepare, options, PACKAGES + ["torchvision"], threads=True)
