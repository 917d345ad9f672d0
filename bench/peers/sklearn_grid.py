"""scikit-learn: GridSearchCV over an MLPClassifier, `n_jobs` as many as there are cores.

Only the seconds of `fit` count, not those of the scores. A fold trains on a share of the samples,
so model-epochs are the samples trained / 60,000.
"""

import os
import warnings

import numpy
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier

from cores import distinct_cores
from measure import arguments, print_line
from yardstick import BATCH, HIDDEN, LEARNING_RATE, training_samples

FOLDS = 4


def training_loss(classifier, _images, _labels):
    """In the place of a score: the mean loss of the last epoch's batches."""
    return classifier.loss_


def search(options, images, labels, iterations):
    """A grid of one factor with two levels, each in four folds."""
    classifier = MLPClassifier(
        (HIDDEN,),
        solver="sgd",
        learning_rate_init=LEARNING_RATE,
        momentum=0,
        batch_size=BATCH,
        max_iter=iterations,
        # No early end: never so many epochs without an improvement.
        n_iter_no_change=iterations + 1,
    )
    grid = GridSearchCV(
        classifier,
        {"alpha": [0, 1e-4]},
        scoring=training_loss,
        cv=FOLDS,
        refit=False,
        n_jobs=options.cores,
    )
    return grid.fit(images, labels).cv_results_


def main():
    options = arguments(__doc__)
    os.sched_setaffinity(0, distinct_cores(options.cores))
    warnings.simplefilter("ignore", ConvergenceWarning)
    # The warning is raised in joblib's processes too, where the filter above does not reach.
    os.environ["PYTHONWARNINGS"] = "ignore"
    images, labels = training_samples()
    # The other peers train one epoch more, outside of their clocks.
    share = (FOLDS - 1) / FOLDS
    iterations = max(1, round((options.epochs + 1) / share))
    few = slice(0, 4 * BATCH)
    search(options, images[few], labels[few], iterations=1)
    results = search(options, images, labels, iterations)
    per_model_epoch = results["mean_fit_time"] / iterations / share
    speed = options.cores / numpy.mean(per_model_epoch)
    loss = round(float(numpy.mean(results["mean_test_score"])), 5)
    packages = ["scikit-learn", "numpy"]
    print_line("sklearn_grid", options, speed, per_model_epoch.tolist(), loss, packages)


if __name__ == "__main__":
    main()
