"""The samples of a sweep, loaded and normalised once, and the split of each run."""

from dataclasses import dataclass
from pathlib import Path

import numpy

import yardstick

# The same subset in all runs of a sweep.
SUBSET_SEED = 0


@dataclass(frozen=True)
class Dataset:
    """Training samples, then test samples."""

    # float32 [samples, features]; images are [height, width, channels].
    values: numpy.ndarray
    # int64 [samples]
    labels: numpy.ndarray
    training_samples: int

    @property
    def test(self):
        """The indices of the test samples."""
        return numpy.arange(self.training_samples, len(self.labels))

    def split(self, run):
        """The indices of the run's training and validation samples."""
        subset = numpy.arange(self.training_samples)
        if limit := run["data"]["limit"]:
            subset = subset[mixed_order(self.labels[subset], SUBSET_SEED)[:limit]]
        split = run["split"]
        labels = self.labels[subset]
        places = numpy.arange(len(subset))
        if folds := split["folds"]:
            order = class_order(labels, split["seed"])
            in_validation = places % folds == split["fold"]
        else:
            order = mixed_order(labels, split["seed"])
            in_validation = places < round(len(subset) * split["holdout"])
        return subset[order[~in_validation]], subset[order[in_validation]]


def load(run):
    """The data set of a run; all runs of a sweep have the same."""
    if run["data"]["set"] == "mnist":
        return mnist()
    return arrays(Path(run["data"]["path"]))


def mnist():
    parts = []
    for name in ("train", "t10k"):
        pixels = yardstick.read(f"{name}-images-idx3-ubyte.gz", header=16)
        labels = yardstick.read(f"{name}-labels-idx1-ubyte.gz", header=8)
        parts.append((pixels.reshape(len(labels), -1), labels))
    return joined(parts, yardstick.MEAN, yardstick.DEVIATION)


def arrays(folder):
    names = ("train", "test")
    parts = [(numpy.load(folder / f"x_{n}.npy"), numpy.load(folder / f"y_{n}.npy")) for n in names]
    return joined([(pixels.reshape(len(labels), -1), labels) for pixels, labels in parts], 0, 1)


def joined(parts, mean, deviation):
    values = numpy.concatenate([pixels for pixels, _ in parts]).astype(numpy.float32)
    values /= 255 * deviation
    values -= mean / deviation
    labels = numpy.concatenate([labels for _, labels in parts]).astype(numpy.int64)
    return Dataset(values, labels, len(parts[0][1]))


def class_order(labels, seed):
    """A random order within each class, one class after the other: of k folds that take every k-th
    sample, each has every class in proportion."""
    shuffled = numpy.random.default_rng(seed).permutation(len(labels))
    return shuffled[numpy.argsort(labels[shuffled], kind="stable")]


def mixed_order(labels, seed):
    """A random order of which each beginning has every class in proportion."""
    order = class_order(labels, seed)
    counts = numpy.unique(labels, return_counts=True)[1]
    # Each class is evenly spread over the whole.
    ranks = numpy.concatenate([(numpy.arange(count) + 0.5) / count for count in counts])
    return order[numpy.argsort(ranks, kind="stable")]
