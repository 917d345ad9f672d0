"""Writes values.json next to this script with scikit-learn; README.md describes it."""

import json
import warnings
from pathlib import Path

import numpy
import sklearn
from sklearn import metrics

random = numpy.random.default_rng(21)


def calibration_error(labels, probabilities, bins=15):
    """The expected calibration error of Guo et al. 2017: of bins (0, 1/15], (1/15, 2/15] and so on."""
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    edges = numpy.linspace(0, 1, bins + 1)
    error = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        members = (confidence > low) & (confidence <= high)
        if members.any():
            difference = correct[members].mean() - confidence[members].mean()
            error += members.mean() * abs(difference)
    return error


def top_k(labels, probabilities, k):
    classes = probabilities.shape[1]
    if k >= classes:
        return None
    return metrics.top_k_accuracy_score(labels, probabilities, k=k, labels=range(classes))


def one_vs_rest(score, labels, probabilities):
    """The mean of a score over the classes that have some but not all of the samples."""
    scores = []
    for index in range(probabilities.shape[1]):
        of_class = labels == index
        if of_class.any() and not of_class.all():
            scores.append(score(of_class, probabilities[:, index]))
    return numpy.mean(scores) if scores else None


def finite(value):
    return None if value is None or numpy.isnan(value) else float(value)


SCORES = {
    "accuracy": lambda y, p, c: metrics.accuracy_score(y, c),
    "loss": lambda y, p, c: metrics.log_loss(y, p.astype(float), labels=range(p.shape[1])),
    "balanced_accuracy": lambda y, p, c: metrics.balanced_accuracy_score(y, c),
    "macro_f1": lambda y, p, c: metrics.f1_score(y, c, average="macro", zero_division=0),
    "weighted_f1": lambda y, p, c: metrics.f1_score(y, c, average="weighted", zero_division=0),
    "macro_precision": lambda y, p, c: metrics.precision_score(y, c, average="macro", zero_division=0),
    "macro_recall": lambda y, p, c: metrics.recall_score(y, c, average="macro", zero_division=0),
    "top_3_accuracy": lambda y, p, c: top_k(y, p, 3),
    "top_5_accuracy": lambda y, p, c: top_k(y, p, 5),
    "matthews_correlation": lambda y, p, c: metrics.matthews_corrcoef(y, c),
    "cohen_kappa": lambda y, p, c: metrics.cohen_kappa_score(y, c),
    "brier_score": lambda y, p, c: metrics.brier_score_loss(y, p.astype(float), labels=range(p.shape[1])),
    "calibration_error": lambda y, p, c: calibration_error(y, p.astype(float)),
    "roc_auc": lambda y, p, c: one_vs_rest(metrics.roc_auc_score, y, p),
    "average_precision": lambda y, p, c: one_vs_rest(metrics.average_precision_score, y, p),
}


def probabilities_of(samples, classes, labels, skill, rounded=None):
    """Softmax probabilities in float32 that favour the true class by `skill`."""
    logits = random.normal(size=(samples, classes)) + skill * numpy.eye(classes)[labels]
    shares = numpy.exp(logits) / numpy.exp(logits).sum(axis=1, keepdims=True)
    if rounded is not None:
        # Many equal probabilities, within a class and within a sample.
        shares = numpy.round(shares * rounded)
        shares[shares.sum(axis=1) == 0, 0] = 1
        shares /= shares.sum(axis=1, keepdims=True)
    return shares.astype(numpy.float32)


def case(name, labels, probabilities):
    labels = numpy.asarray(labels)
    predicted = probabilities.argmax(axis=1)
    with warnings.catch_warnings():
        # A class without samples or predictions, which some cases are about.
        warnings.simplefilter("ignore")
        scores = {
            name: finite(score(labels, probabilities, predicted)) for name, score in SCORES.items()
        }
    return {
        "name": name,
        "labels": labels.tolist(),
        "probabilities": [[float(share) for share in row] for row in probabilities],
        "scores": scores,
    }


def drawn(name, samples, classes, skill, weights=None, rounded=None):
    labels = random.choice(classes, size=samples, p=weights)
    return case(name, labels, probabilities_of(samples, classes, labels, skill, rounded))


cases = [
    drawn("ten classes", 60, 10, 2.5),
    drawn("two classes", 40, 2, 1.0),
    drawn("unbalanced classes", 50, 4, 1.5, [0.7, 0.2, 0.08, 0.02]),
    drawn("guesses", 40, 6, 0.0),
    drawn("equal probabilities", 50, 5, 1.5, rounded=4),
    drawn("certain and often wrong", 40, 8, 1.0, rounded=1),
    # Class 2 has no samples, but is predicted.
    case("a class without samples", [0, 1, 1, 3] * 5, probabilities_of(20, 4, [0, 1, 1, 3] * 5, 0.5)),
    case("samples of one class", [1] * 10, probabilities_of(10, 3, [1] * 10, 0.5)),
    case("samples of one class, all correct", [1] * 6, numpy.eye(3, dtype=numpy.float32)[[1] * 6] * 0.5 + numpy.float32(1 / 6)),
    case("one sample", [2], numpy.array([[0.25, 0.25, 0.5]], dtype=numpy.float32)),
]
document = {"scikit-learn": sklearn.__version__, "cases": cases}
lines = [json.dumps(line, separators=(",", ":")) for line in cases]
text = f'{{"scikit-learn":"{sklearn.__version__}","cases":[\n' + ",\n".join(lines) + "\n]}\n"
json.loads(text)
(Path(__file__).parent / "values.json").write_text(text)
