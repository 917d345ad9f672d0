"""Whether all programs did the same work: the mean of their final validation accuracies."""

import statistics

from sweeps.programs import TP_SWEEP

TOLERANCE_POINTS = 3


def difference_points(measured, name):
    """A program's mean accuracy minus tp-sweep's, in percentage points.

    Runs that the program can only train in another way are left out on both sides. None without any
    other run.
    """
    program, reference = measured["programs"][name], measured["programs"][TP_SWEEP]
    runs = program["accuracies"].keys() - set(program["unlike"])
    if not runs:
        return None
    means = [statistics.mean(of["accuracies"][run] for run in runs) for of in (program, reference)]
    return 100 * (means[0] - means[1])


def disagreements(measured):
    """The programs whose accuracy differs too much, each with its difference."""
    found = {name: difference_points(measured, name) for name in measured["programs"]}
    return {
        name: points
        for name, points in found.items()
        # A comparison with a value that is not a number is false.
        if points is not None and not abs(points) <= TOLERANCE_POINTS
    }


def problems(results):
    """One line for each failure and each disagreement."""
    for case, measured in results["sweeps"].items():
        for name, why in measured["failures"].items():
            yield f"{case}: {name} failed: {why}"
        for name, points in disagreements(measured).items():
            yield (
                f"{case}: the mean validation accuracy of {name} differs by {points:+.1f} points "
                f"from tp-sweep's, and at most {TOLERANCE_POINTS} are allowed"
            )
