"""The yardstick that every peer trains: the course's baseline on all of MNIST, in float32."""

import gzip
from pathlib import Path

import numpy

FEATURES, HIDDEN, CLASSES = 784, 128, 10
SAMPLES = 60_000
BATCH = 64
LEARNING_RATE = 0.01
MEAN, DEVIATION = 0.1307, 0.3081

# Operations of the matrix products of one epoch: forward, and the gradients of the weights and of
# the hidden layer. Nobody needs the gradient of the input.
FLOP_PER_EPOCH = SAMPLES * 2 * (FEATURES * HIDDEN * 2 + HIDDEN * CLASSES * 3)

FOLDER = Path(__file__).parents[2] / "data" / "mnist"


def training_samples():
    """Normalised images, float32 [samples, features], and labels, int64 [samples]."""
    pixels = read("train-images-idx3-ubyte.gz", header=16).reshape(SAMPLES, FEATURES)
    images = (pixels.astype(numpy.float32) / 255 - MEAN) / DEVIATION
    return images.astype(numpy.float32), read("train-labels-idx1-ubyte.gz", header=8).astype(
        "int64"
    )


def read(name, header):
    """The bytes of an IDX file behind its header."""
    with gzip.open(FOLDER / name) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header)
