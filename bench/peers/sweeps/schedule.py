"""The learning rate of an epoch. Standard library only."""

import math


def learning_rate(run, epoch):
    """Of the epoch with this index, from 0 on."""
    rate, schedule = run["optimizer"]["learning_rate"], run["schedule"]
    if schedule == "constant":
        return rate
    if schedule == "cosine":
        return rate * (1 + math.cos(math.pi * epoch / run["epochs"])) / 2
    if isinstance(schedule, dict) and "step" in schedule:
        step = schedule["step"]
        return rate * step["gamma"] ** (epoch // step["every"])
    raise SystemExit(f"unknown schedule: {schedule}")
