"""The training samples of a cell, as all peers use them: loaded and scaled once."""

from pathlib import Path

import numpy


def load(cell):
    """Values of 0 to 1, float32: [samples, features], or [samples, height, width, channels] for
    convolutions; and labels, int64 [samples]."""
    folder = Path(cell.data)
    pixels = numpy.load(folder / "x_train.npy")
    count = len(pixels)
    shape = (count, *cell.input_shape) if cell.channels else (count, -1)
    values = (pixels.astype(numpy.float32) / 255).reshape(shape)
    return values, numpy.load(folder / "y_train.npy").astype(numpy.int64)


def shuffled_epochs(cell, count):
    """The samples of each step, int64 [steps, batch]: several epochs, each in its own order."""
    orders = [numpy.random.permutation(count) for _ in range(cell.epochs_per_call)]
    return numpy.concatenate(orders).reshape(-1, cell.batch)
