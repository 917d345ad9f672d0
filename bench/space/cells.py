"""The cells of the space: every combination of network, optimizer and batch that is measured."""

import itertools
from dataclasses import dataclass

OPTIMIZERS = {
    "sgd": {"optimizer": "sgd", "learning_rate": 0.05},
    "momentum": {"optimizer": "sgd", "learning_rate": 0.02, "momentum": 0.9},
    "adam": {"optimizer": "adam", "learning_rate": 0.001},
    "adamw": {"optimizer": "adamw", "learning_rate": 0.001, "weight_decay": 0.01},
    "rmsprop": {"optimizer": "rmsprop", "learning_rate": 0.001},
}
VARIANTS = {
    "plain": {},
    "batch-norm": {"norm": "batch"},
    "dropout": {"dropout": 0.5},
    "sigmoid": {"activation": "sigmoid"},
}
BATCHES = (16, 64, 256)
WIDTHS = (16, 64, 256, 1024)
LAYERS = (1, 3)

CLASSES = 10
MNIST_SHAPE = (28, 28, 1)
CIFAR_SHAPE = (32, 32, 3)
KERNEL_SIZE = 3

# Channels of the blocks, width of the hidden layer, batch and variant. The first two are the
# convolutional networks of sweeps/cifar10.yaml and sweeps/cifar10-full.yaml.
CONVOLUTIONAL = {
    "cifar10": ((16, 32), 64, 64, "batch-norm"),
    "cifar10-full": ((32, 64, 128), 128, 128, "batch-norm"),
    "three-blocks": ((16, 32, 64), 64, 64, "plain"),
}
CONVOLUTIONAL_OPTIMIZERS = ("momentum", "adam")


@dataclass(frozen=True)
class Cell:
    """One network with its optimizer and batch size."""

    network: str
    optimizer: str
    batch: int
    # Of the hidden layers, which all have the same width.
    width: int
    layers: int
    variant: str
    # Output channels of the convolution blocks; empty for an MLP.
    channels: tuple = ()

    @property
    def factors(self):
        """What filters select by, in the order of the name."""
        return {
            "network": self.network,
            "batch": str(self.batch),
            "width": str(self.width),
            "layers": str(self.layers),
            "variant": self.variant,
            "optimizer": self.optimizer,
        }

    @property
    def name(self):
        return (
            f"{self.network}_batch{self.batch}_width{self.width}_layers{self.layers}"
            f"_{self.variant}_{self.optimizer}"
        )

    @property
    def input_shape(self):
        """Height, width and channels of a sample."""
        return CIFAR_SHAPE if self.channels else MNIST_SHAPE

    @property
    def has_batch_norm(self):
        return VARIANTS[self.variant].get("norm") == "batch"


def all_cells():
    """MLPs first; cells that differ only in the optimizer follow each other."""
    grid = itertools.product(LAYERS, WIDTHS, BATCHES, VARIANTS, OPTIMIZERS)
    cells = [
        Cell("mlp", optimizer, batch, width, layers, variant)
        for layers, width, batch, variant, optimizer in grid
    ]
    for network, (channels, width, batch, variant) in CONVOLUTIONAL.items():
        cells += [
            Cell(network, optimizer, batch, width, 1, variant, channels)
            for optimizer in CONVOLUTIONAL_OPTIMIZERS
        ]
    return cells
