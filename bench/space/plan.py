"""How many steps of a cell are trained: enough to time them, few enough to end soon."""

from dataclasses import dataclass

from space.work import work_of

# Steps of an epoch. Small data stay in the same caches for all programs; tp-sweep's profile, too,
# times steps on at most about this many batches.
MIN_STEPS, MAX_STEPS = 8, 64
# Operations of an epoch, below which it may have more steps.
EPOCH_FLOP = 5e9
# A peer trains this many epochs in one call if they are small, so that the start of a call, such
# as JAX's dispatch, does not count.
MAX_EPOCHS_PER_CALL = 16
CALL_FLOP = 1e10
# Epochs after which the losses of all programs are compared.
COMPARED_EPOCHS = 3


@dataclass(frozen=True)
class Plan:
    """The size of a cell's data and of its timed calls."""

    steps_per_epoch: int
    samples: int
    epochs_per_call: int


def plan_of(cell):
    flop = work_of(cell).flop
    steps = clamped(EPOCH_FLOP / flop, MIN_STEPS, MAX_STEPS)
    epochs = clamped(CALL_FLOP / (flop * steps), 1, MAX_EPOCHS_PER_CALL)
    return Plan(steps, steps * cell.batch, epochs)


def clamped(value, low, high):
    return max(low, min(high, int(value)))
