"""The runs of a sweep as the peers train them, from the results that tp-sweep wrote.

Each result has the run's full configuration, so the peers cannot differ from it by mistake. A
setting that the peers do not know is refused.
"""

import json
from pathlib import Path

import process

# What the peers do not implement must have these values; absent keys are as good.
NEUTRAL = {
    "data": {"shift": 0, "flip": False},
    "model": {
        "input_dropout": 0,
        "norm_position": "before_activation",
        "pooling": "max",
        "block_dropout": 0,
    },
    "training": {
        "dampening": 0,
        "nesterov": False,
        "beta1": 0.9,
        "beta2": 0.999,
        "epsilon": None,
        "alpha": 0.99,
        "centered": False,
        "l1": 0,
        "label_smoothing": 0,
        "clip_value": None,
        "clip_norm": None,
        "max_norm": None,
        "schedule_unit": "epoch",
        "warmup": 0,
        "patience": None,
    },
    "validation": {"stratified": True},
}
# Closed choices of which the peers know some.
KNOWN = {
    ("data", "set"): ("mnist", "npy"),
    ("model", "activation"): ("relu", "sigmoid"),
    ("model", "norm"): ("none", "batch"),
    ("model", "init"): ("default", "zeros", "kaiming_normal"),
    ("model", "bias_init"): ("default", "zeros"),
    ("training", "optimizer"): ("sgd", "adam", "adamw", "rmsprop"),
}
IMAGE_SHAPES = {"mnist": (28, 28, 1), "npy": (32, 32, 3)}
CLASSES = 10


class Unsupported(Exception):
    """A run has a setting that the peers do not implement."""


def read_results(folder):
    """The results under a folder of runs, by the run's name. Raises Failed if a run failed."""
    results = {}
    for path in sorted(Path(folder).rglob("result.json")):
        result = json.loads(path.read_text())["result"]
        name = str(path.parent.relative_to(folder))
        if result["failure"]:
            raise process.Failed(f"{name}: {result['failure']}")
        results[name] = result
    return results


def run_list(results):
    """What the peers read: every run with its network, optimizer, split and epochs."""
    return [run_of(name, result) for name, result in results.items()]


def run_of(name, result):
    config = result["config"]
    check_supported(name, config)
    data, model, training = config["data"], config["model"], config["training"]
    validation = config["validation"]
    return {
        "run": name,
        "trial": result["trial"],
        "data": {"set": data["set"], "path": data.get("path"), "limit": data.get("limit")},
        "split": {
            "folds": validation.get("folds"),
            "holdout": validation.get("holdout"),
            "fold": result["fold"],
            "seed": validation["seed"] + result["repeat"],
        },
        "seed": seed_of(validation["seed"], result["repeat"], result["fold"]),
        "network": {
            "input_shape": IMAGE_SHAPES[data["set"]],
            "classes": CLASSES,
            "channels": model["channels"] if model["kind"] == "cnn" else [],
            "kernel_size": model["kernel_size"],
            "hidden": hidden_widths(model),
            "activation": model["activation"],
            "batch_norm": model["norm"] == "batch",
            "dropout": model["dropout"],
        },
        "init": model["init"],
        "bias_init": model["bias_init"],
        "optimizer": optimizer_of(training),
        "schedule": training["schedule"],
        "epochs": training["epochs"],
        "batch": training["batch_size"],
    }


def seed_of(seed, repeat, fold):
    """Of initial values and batches: the same for all trials, as in tp-sweep."""
    return (seed + repeat) * 1000 + fold


def hidden_widths(model):
    width = model["width"]
    return width if isinstance(width, list) else [width] * model.get("layers", 1)


def optimizer_of(training):
    """The settings of `torch.optim`, without those that are 0."""
    settings = {key: training[key] for key in ("optimizer", "learning_rate")}
    for key in ("momentum", "weight_decay"):
        if training.get(key):
            settings[key] = training[key]
    if settings["optimizer"] == "adamw":
        settings.setdefault("weight_decay", 0.01)
    return settings


def check_supported(name, config):
    for section, values in NEUTRAL.items():
        for key, neutral in values.items():
            if (value := config[section].get(key, neutral)) != neutral:
                raise Unsupported(f"{name}: the peers do not implement {section}.{key}: {value}")
    for (section, key), known in KNOWN.items():
        if (value := config[section][key]) not in known:
            raise Unsupported(f"{name}: the peers do not implement {section}.{key}: {value}")
    # MNIST has its published mean and standard deviation, synthetic images have none.
    data = config["data"]
    known = (None, "known") if data["set"] == "mnist" else ("none",)
    if (value := data.get("normalise")) not in known:
        raise Unsupported(f"{name}: the peers do not implement data.normalise: {value}")
