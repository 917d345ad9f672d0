"""scikit-learn: GridSearchCV over an MLPClassifier, as many jobs as there are cores.

It has neither these schedules nor dropout: such trials are trained at a constant rate, without
dropout, so that the number of runs is the same. There is no validation in each epoch, and no test.
"""

import json
import os
import platform
import sys
import warnings
from importlib import metadata
from pathlib import Path

import numpy
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neural_network import MLPClassifier

import dataset


class Classifier(MLPClassifier):
    """With the initial values of PyTorch's layers, uniform in ±1/√fan-in: scikit-learn's are
    larger, which would change the accuracy after a few epochs."""

    def _init_coef(self, fan_in, fan_out, dtype):
        bound = fan_in**-0.5
        weights = self._random_state.uniform(-bound, bound, (fan_in, fan_out))
        biases = self._random_state.uniform(-bound, bound, fan_out)
        return weights.astype(dtype, copy=False), biases.astype(dtype, copy=False)


def candidate(run):
    """The grid of one trial."""
    settings = run["optimizer"]
    return {
        "hidden_layer_sizes": [tuple(run["network"]["hidden"])],
        "learning_rate_init": [settings["learning_rate"]],
        # scikit-learn divides the penalty by the size of the batch, and leaves out the biases.
        "alpha": [settings.get("weight_decay", 0.0) * run["batch"]],
    }


def is_unlike(run):
    return run["schedule"] != "constant" or run["network"]["dropout"] > 0


def classifier_of(run):
    """What all trials have in common."""
    settings = run["optimizer"]
    if settings["optimizer"] != "sgd" or run["init"] != "default" or run["network"]["channels"]:
        sys.exit("this peer trains MLPs with SGD and PyTorch's initial values only")
    return Classifier(
        activation={"relu": "relu", "sigmoid": "logistic"}[run["network"]["activation"]],
        solver="sgd",
        momentum=settings.get("momentum", 0.0),
        nesterovs_momentum=False,
        batch_size=run["batch"],
        max_iter=run["epochs"],
        # No early end: never so many epochs without an improvement.
        n_iter_no_change=run["epochs"] + 1,
        random_state=run["seed"],
    )


def main():
    runs = json.loads(Path(sys.argv[1]).read_text())
    warnings.simplefilter("ignore", ConvergenceWarning)
    # The warning is raised in joblib's processes too, where the filter above does not reach.
    os.environ["PYTHONWARNINGS"] = "ignore"
    data = dataset.load(runs[0])
    subset = numpy.concatenate(data.split(runs[0]))
    trials = list({run["trial"]: candidate(run) for run in runs}.items())
    search = GridSearchCV(
        classifier_of(runs[0]),
        [grid for _, grid in trials],
        cv=StratifiedKFold(runs[0]["split"]["folds"], shuffle=True, random_state=0),
        refit=False,
        n_jobs=len(os.sched_getaffinity(0)),
    )
    scores = search.fit(data.values[subset], data.labels[subset]).cv_results_
    index_of = {trial: index for index, (trial, _) in enumerate(trials)}
    for run in runs:
        score = scores[f"split{run['split']['fold']}_test_score"][index_of[run["trial"]]]
        line = {"run": run["run"], "val_accuracy": float(score), "unlike": is_unlike(run)}
        print(json.dumps(line))
    packages = ("scikit-learn", "numpy")
    versions = {name: metadata.version(name) for name in packages}
    print(json.dumps({"versions": {"python": platform.python_version()} | versions}))


if __name__ == "__main__":
    main()
