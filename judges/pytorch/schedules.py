"""The learning rate of every step, as torch.optim.lr_scheduler moves it."""

import math

import torch
from torch.optim import lr_scheduler as schedulers

LEARNING_RATE = 0.4
EPOCHS = 12
STEPS_PER_EPOCH = 5
# Units of warm-up. In steps, 7 ends within the second epoch.
WARMUP = {"epoch": 3, "step": 7}
WARMUP_START = 0.25

# name: schedule where the unit is an epoch, schedule where it is a step (None: not such a case).
CASES = {
    "constant": ("constant", "constant"),
    "step": ({"step": {"every": 3, "gamma": 0.5}}, {"step": {"every": 8, "gamma": 0.7}}),
    "multistep": (
        {"multistep": {"milestones": [2, 3, 8], "gamma": 0.3}},
        {"multistep": {"milestones": [4, 11, 35, 49], "gamma": 0.5}},
    ),
    "exponential": ({"exponential": {"gamma": 0.8}}, {"exponential": {"gamma": 0.95}}),
    "cosine": ({"cosine": {"minimum": 0.0}}, {"cosine": {"minimum": 0.0}}),
    "cosine_minimum": ({"cosine": {"minimum": 0.01}}, {"cosine": {"minimum": 0.05}}),
    "cosine_warm_restarts": (
        {"cosine_warm_restarts": {"period": 4, "multiplier": 1, "minimum": 0.0}},
        {"cosine_warm_restarts": {"period": 9, "multiplier": 1, "minimum": 0.02}},
    ),
    "cosine_warm_restarts_multiplier": (
        {"cosine_warm_restarts": {"period": 2, "multiplier": 2, "minimum": 0.02}},
        {"cosine_warm_restarts": {"period": 6, "multiplier": 2, "minimum": 0.0}},
    ),
    "cosine_warm_restarts_multiplier_3": (
        {"cosine_warm_restarts": {"period": 1, "multiplier": 3, "minimum": 0.0}},
        {"cosine_warm_restarts": {"period": 3, "multiplier": 3, "minimum": 0.01}},
    ),
    "linear": (
        {"linear": {"start": 1.0, "end": 0.1, "over": 8}},
        {"linear": {"start": 0.2, "end": 0.9, "over": 30}},
    ),
    "polynomial": (
        {"polynomial": {"power": 2.0, "over": 8}},
        {"polynomial": {"power": 0.5, "over": 48}},
    ),
    "polynomial_power_1": (
        {"polynomial": {"power": 1.0, "over": 12}},
        {"polynomial": {"power": 1.0, "over": 60}},
    ),
    "one_cycle": (
        None,
        {"one_cycle": {"start_share": 0.3, "divisor": 25.0, "final_divisor": 10000.0}},
    ),
    "one_cycle_other_values": (
        None,
        {"one_cycle": {"start_share": 0.15, "divisor": 10.0, "final_divisor": 50.0}},
    ),
}

# name: monitor, schedule, the monitored value of each epoch.
PLATEAUS = {
    "plateau_loss": (
        "val_loss",
        {"factor": 0.5, "patience": 1, "threshold": 1e-4, "cooldown": 0, "minimum": 0.0},
        [1.0, 0.8, 0.8, 0.81, 0.7, 0.7, 0.7, 0.7, 0.7, 0.6, 0.65, 0.64],
    ),
    "plateau_loss_patience_0": (
        "val_loss",
        {"factor": 0.1, "patience": 0, "threshold": 1e-4, "cooldown": 0, "minimum": 0.001},
        [0.9, 0.95, 0.89, 0.9, 0.88, 0.9, 0.9, 0.87, 0.9, 0.9, 0.9, 0.86],
    ),
    # 0.9901 is less than 1 by less than the threshold's share of it, 0.98 by more.
    "plateau_loss_threshold": (
        "val_loss",
        {"factor": 0.5, "patience": 1, "threshold": 0.01, "cooldown": 0, "minimum": 0.0},
        [1.0, 0.9901, 0.98, 0.975, 0.971, 0.96, 0.955, 0.951, 0.95, 0.949, 0.948, 0.9],
    ),
    "plateau_loss_cooldown": (
        "val_loss",
        {"factor": 0.5, "patience": 1, "threshold": 1e-4, "cooldown": 3, "minimum": 0.0},
        [1.0] * 12,
    ),
    "plateau_loss_minimum": (
        "val_loss",
        {"factor": 0.3, "patience": 0, "threshold": 0.0, "cooldown": 0, "minimum": 0.02},
        [1.0] * 12,
    ),
    "plateau_loss_cooldown_minimum": (
        "val_loss",
        {"factor": 0.2, "patience": 2, "threshold": 0.001, "cooldown": 1, "minimum": 0.05},
        [2.0, 1.5, 1.6, 1.7, 1.6, 1.4, 1.4, 1.45, 1.4, 1.4, 1.4, 1.4],
    ),
    "plateau_accuracy": (
        "val_accuracy",
        {"factor": 0.5, "patience": 1, "threshold": 1e-4, "cooldown": 0, "minimum": 0.0},
        [0.5, 0.6, 0.6, 0.55, 0.7, 0.7, 0.7, 0.71, 0.71, 0.71, 0.7, 0.72],
    ),
    "plateau_accuracy_threshold_cooldown": (
        "val_accuracy",
        {"factor": 0.3, "patience": 1, "threshold": 0.02, "cooldown": 2, "minimum": 0.01},
        [0.9, 0.91, 0.917, 0.918, 0.92, 0.93, 0.94, 0.945, 0.95, 0.955, 0.958, 0.96],
    ),
    # torch makes no change of 1e-8 or less.
    "plateau_change_too_small": (
        "val_loss",
        {"factor": 0.01, "patience": 0, "threshold": 1e-4, "cooldown": 0, "minimum": 0.0},
        [1.0] * 12,
    ),
}


def scheduler(optimizer, schedule, units):
    """The scheduler of a schedule that has this many units."""
    if schedule == "constant":
        return schedulers.ConstantLR(optimizer, factor=1.0)
    (kind, o), = schedule.items()
    make = {
        "step": lambda: schedulers.StepLR(optimizer, o["every"], o["gamma"]),
        "multistep": lambda: schedulers.MultiStepLR(optimizer, o["milestones"], o["gamma"]),
        "exponential": lambda: schedulers.ExponentialLR(optimizer, o["gamma"]),
        "cosine": lambda: schedulers.CosineAnnealingLR(optimizer, units, o["minimum"]),
        "cosine_warm_restarts": lambda: schedulers.CosineAnnealingWarmRestarts(
            optimizer, o["period"], o["multiplier"], o["minimum"]
        ),
        "linear": lambda: schedulers.LinearLR(optimizer, o["start"], o["end"], o["over"]),
        "polynomial": lambda: schedulers.PolynomialLR(optimizer, o["over"], o["power"]),
        "one_cycle": lambda: schedulers.OneCycleLR(
            optimizer, max_lr=LEARNING_RATE, total_steps=units, pct_start=o["start_share"],
            anneal_strategy="cos", cycle_momentum=False, div_factor=o["divisor"],
            final_div_factor=o["final_divisor"], three_phase=False,
        ),
    }
    return make[kind]()


def sgd():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=LEARNING_RATE)


def by_unit(schedule, warmup, units):
    """The learning rate at each unit."""
    optimizer = sgd()
    if warmup:
        rise = schedulers.LinearLR(optimizer, start_factor=WARMUP_START, total_iters=warmup)
        then = scheduler(optimizer, schedule, units - warmup)
        moved = schedulers.SequentialLR(optimizer, [rise, then], [warmup])
    else:
        moved = scheduler(optimizer, schedule, units)
    rates = []
    for unit in range(units):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if unit + 1 < units:  # OneCycleLR allows no step after its last.
            moved.step()
    return rates


def formula(schedule, warmup, units):
    """The learning rate at each unit in closed form: a check of what this script makes."""
    full = LEARNING_RATE
    kind, o = ("constant", {}) if schedule == "constant" else next(iter(schedule.items()))
    wave = lambda low, high, share: low + (high - low) * (1 + math.cos(math.pi * share)) / 2

    def restarts(t):
        period = o["period"]
        while t >= period:
            t, period = t - period, period * o["multiplier"]
        return wave(o["minimum"], full, t / period)

    def one_cycle(t):
        total = units - warmup
        start, peak = full / o["divisor"], o["start_share"] * total - 1
        if t <= peak:
            return wave(full, start, t / peak)
        return wave(start / o["final_divisor"], full, (t - peak) / (total - 1 - peak))

    at = {
        "constant": lambda t: full,
        "step": lambda t: full * o["gamma"] ** (t // o["every"]),
        "multistep": lambda t: full * o["gamma"] ** sum(m <= t for m in o["milestones"]),
        "exponential": lambda t: full * o["gamma"] ** t,
        "cosine": lambda t: wave(o["minimum"], full, t / (units - warmup)),
        "cosine_warm_restarts": restarts,
        "linear": lambda t: full
        * (o["start"] + (o["end"] - o["start"]) * min(t / o["over"], 1)),
        "polynomial": lambda t: full * (1 - min(t / o["over"], 1)) ** o["power"],
        "one_cycle": one_cycle,
    }[kind]
    start = full / o["divisor"] if kind == "one_cycle" else full
    rise = [start * (WARMUP_START + (1 - WARMUP_START) * t / warmup) for t in range(warmup)]
    return rise + [at(t) for t in range(units - warmup)]


def plateau_rates(monitor, options, monitored):
    optimizer = sgd()
    mode = {"val_loss": "min", "val_accuracy": "max"}[monitor]
    plateau = schedulers.ReduceLROnPlateau(
        optimizer, mode=mode, factor=options["factor"], patience=options["patience"],
        threshold=options["threshold"], threshold_mode="rel", cooldown=options["cooldown"],
        min_lr=options["minimum"],
    )
    rates = []
    for value in monitored:
        rates += [optimizer.param_groups[0]["lr"]] * STEPS_PER_EPOCH
        optimizer.step()
        plateau.step(value)
    return rates


def case(name, schedule, more, rates):
    settings = {
        "training.learning_rate": LEARNING_RATE, "training.epochs": EPOCHS,
        "training.schedule": schedule,
    }
    return {
        "name": name, "settings": settings | more, "steps_per_epoch": STEPS_PER_EPOCH,
        "epochs": EPOCHS, "rates": rates,
    }


def make():
    cases, largest = [], 0.0
    for name, by_kind in CASES.items():
        for unit, schedule in zip(("epoch", "step"), by_kind):
            if schedule is None:
                continue
            for warmup in (0, WARMUP[unit]):
                units = EPOCHS if unit == "epoch" else EPOCHS * STEPS_PER_EPOCH
                rates = by_unit(schedule, warmup, units)
                closed = formula(schedule, warmup, units)
                differences = [abs(a - b) / LEARNING_RATE for a, b in zip(rates, closed)]
                largest = max(largest, *differences)
                assert max(differences) < 1e-12, f"{name} {unit} {warmup}: {max(differences)}"
                if unit == "epoch":
                    rates = [rate for rate in rates for _ in range(STEPS_PER_EPOCH)]
                settings = {"training.schedule_unit": unit}
                if warmup:
                    settings |= {
                        "training.warmup": warmup, "training.warmup_start": WARMUP_START,
                    }
                title = f"{name}_by_{unit}" + ("_after_warmup" if warmup else "")
                cases.append(case(title, schedule, settings, rates))
    for name, (monitor, options, monitored) in PLATEAUS.items():
        rates = plateau_rates(monitor, options, monitored)
        assert len(set(rates)) > 1, f"{name}: the learning rate never changes"
        cases.append(case(name, {"plateau": options}, {"training.monitor": monitor}, rates))
        cases[-1]["monitored"] = monitored
    print(f"schedules: closed forms differ by at most {largest:.1e} of the learning rate")
    return {}, cases
