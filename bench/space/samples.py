"""The data of the cells, as NumPy arrays in a folder: MNIST's digits, and synthetic images.

The driver has no NumPy, so the arrays' few bytes of header are written here.
"""

import gzip
import random
from pathlib import Path

from space.cells import CIFAR_SHAPE, CLASSES, MNIST_SHAPE

MNIST = Path(__file__).parents[2] / "data" / "mnist"
# A test set is needed, and nothing here depends on it.
TEST_SAMPLES = 100


def write_samples(folder, shape, count):
    """`x_train.npy` (bytes) and `y_train.npy`, and a small test set."""
    read = {MNIST_SHAPE: mnist, CIFAR_SHAPE: synthetic}[shape]
    pixels, labels = read(count + TEST_SAMPLES)
    size = len(pixels) // len(labels)
    # Channels are left out where there is one.
    sides = shape if shape[2] > 1 else shape[:2]
    for part, first, last in (("train", 0, count), ("test", count, count + TEST_SAMPLES)):
        part_pixels = pixels[first * size : last * size]
        write_array(folder / f"x_{part}.npy", part_pixels, (last - first, *sides))
        write_array(folder / f"y_{part}.npy", labels[first:last], (last - first,))


def write_array(path, values, shape):
    """Unsigned bytes in version 1.0 of the format."""
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}"
    # The values begin at a multiple of 64 bytes.
    padding = -(len(header) + 11) % 64
    text = header.encode() + b" " * padding + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + values)


def mnist(count):
    """The first samples of the training set."""
    size = MNIST_SHAPE[0] * MNIST_SHAPE[1]
    return (
        idx_bytes("train-images-idx3-ubyte.gz", 16, count * size),
        idx_bytes("train-labels-idx1-ubyte.gz", 8, count),
    )


def idx_bytes(name, header, count):
    with gzip.open(MNIST / name) as file:
        file.read(header)
        return file.read(count)


def synthetic(count):
    """Noise around one image per class, so that there is something to learn."""
    generator = random.Random(1)
    size = CIFAR_SHAPE[0] * CIFAR_SHAPE[1] * CIFAR_SHAPE[2]
    labels = bytes(index % CLASSES for index in range(count))
    # Half of each byte's range is the class's image, half is noise; the sum cannot overflow.
    images = [half_range(generator, size) for _ in range(CLASSES)]
    pixels = bytearray()
    for label in labels:
        noise = half_range(generator, size)
        # Added as one large number, which is much faster than byte by byte.
        total = int.from_bytes(images[label], "little") + int.from_bytes(noise, "little")
        pixels += total.to_bytes(size, "little")
    return bytes(pixels), labels


def half_range(generator, size):
    """Random bytes of at most 127."""
    mask = int.from_bytes(b"\x7f" * size, "little")
    return (int.from_bytes(generator.randbytes(size), "little") & mask).to_bytes(size, "little")
