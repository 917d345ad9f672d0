"""One cell's figures, from its measurements: speed, ratio to the best peer, share of the limit."""

from dataclasses import dataclass

from process import DISTURBED_CORES
from space.limit import limit_seconds
from space.work import work_of

# Programs start from different random weights, so their losses differ a little after few epochs.
LOSS_TOLERANCE = 0.15


@dataclass(frozen=True)
class Comparison:
    """A cell in which tp-sweep and at least one peer were measured."""

    cell: object
    step_seconds: float
    # By the duration of whole epochs, with what happens between steps.
    epoch_step_seconds: float
    best_peer: str
    peer_seconds: float
    limit_seconds: float
    # Of the cell's programs, the most that other programs took of the machine.
    busy_elsewhere: float

    @property
    def gflops(self):
        """Of matrix products; everything else takes time and counts nothing."""
        return work_of(self.cell).flop / self.step_seconds / 1e9

    @property
    def ratio(self):
        """Above 1: tp-sweep is faster than the best peer."""
        return self.peer_seconds / self.step_seconds

    @property
    def epoch_ratio(self):
        return self.peer_seconds / self.epoch_step_seconds

    @property
    def share_of_limit(self):
        return self.limit_seconds / self.step_seconds

    @property
    def is_disturbed(self):
        return self.busy_elsewhere > DISTURBED_CORES


def comparison_of(cell, measured, limits):
    """None if tp-sweep or all peers are missing."""
    programs = dict(measured["programs"])
    own = programs.pop("tp_sweep", None)
    if not own or not programs:
        return None
    best = min(programs, key=lambda name: programs[name]["step_seconds"])
    return Comparison(
        cell,
        own["step_seconds"],
        own["epoch_step_seconds"],
        best,
        programs[best]["step_seconds"],
        limit_seconds(cell, limits),
        max(line["busy_elsewhere"] for line in measured["programs"].values()),
    )


def unlike_losses(measured):
    """Programs whose loss after the compared epochs is unlike the median of all, or has not fallen:
    they may not train the same."""
    losses = {name: program["losses"] for name, program in measured["programs"].items()}
    last = sorted(values[-1] for values in losses.values())
    if not last:
        return []
    # An even number has two middles; either will do.
    middle = last[len(last) // 2]
    scale = max(middle, 0.1)
    return [
        name
        for name, values in losses.items()
        if not abs(values[-1] - middle) <= LOSS_TOLERANCE * scale or not values[-1] < values[0]
    ]
