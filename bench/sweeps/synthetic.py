"""A sweep like sweeps/cifar10.yaml that needs no download: synthetic images of the same shape."""

import json

from space import samples
from space.cells import CIFAR_SHAPE

# The limit of sweeps/cifar10.yaml, and the test set of CIFAR-10.
TRAINING_SAMPLES, TEST_SAMPLES = 10_000, 10_000
EPOCHS = 2
# Two runs of each network, so that two workers have equal work.
REPEATS = 2


def write_sweep(folder):
    """The sweep file and its data, in this folder."""
    write_images(folder, TRAINING_SAMPLES, TEST_SAMPLES)
    file = folder / "synthetic.yaml"
    # JSON is YAML.
    file.write_text(json.dumps(sweep_of(folder), indent=1) + "\n")
    return file


def sweep_of(data):
    """The settings of sweeps/cifar10.yaml, with fewer epochs and without augmentation."""
    return {
        "name": "synthetic",
        "data": {"set": "npy", "path": str(data), "normalise": "none"},
        "training": {
            "epochs": EPOCHS,
            "batch_size": 64,
            "optimizer": "sgd",
            "learning_rate": 0.01,
            "momentum": 0.9,
        },
        "validation": {"holdout": 0.1, "seed": 42, "repeats": REPEATS},
        "grid": {
            "network": {
                "mlp": {"model.kind": "mlp", "model.width": [256, 128]},
                "cnn": {
                    "model.kind": "cnn",
                    "model.channels": [16, 32],
                    "model.width": 64,
                    "model.norm": "batch",
                },
            }
        },
    }


def write_images(folder, training_samples, test_samples):
    """`x_train.npy`, `y_train.npy`, `x_test.npy` and `y_test.npy`."""
    pixels, labels = samples.synthetic(training_samples + test_samples)
    size = len(pixels) // len(labels)
    end = training_samples + test_samples
    for part, first, last in (("train", 0, training_samples), ("test", training_samples, end)):
        shape = (last - first, *CIFAR_SHAPE)
        samples.write_array(folder / f"x_{part}.npy", pixels[first * size : last * size], shape)
        samples.write_array(folder / f"y_{part}.npy", labels[first:last], (last - first,))
