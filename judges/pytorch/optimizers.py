"""Ten steps of each optimizer, with every term that may be added to a step."""

import inspect

import torch
from torch import nn
from torch.optim import _muon

from values import Draws, dense, number, tensor

STEPS = 10
SHAPE = {"model.kind": "mlp", "model.layers": 1, "model.width": 5, "model.activation": "tanh"}

CASES = {
    "sgd": {"optimizer": "sgd", "learning_rate": 0.3},
    "sgd_momentum": {"optimizer": "sgd", "learning_rate": 0.1, "momentum": 0.9},
    "sgd_momentum_dampening": {
        "optimizer": "sgd", "learning_rate": 0.2, "momentum": 0.9, "dampening": 0.4,
    },
    "sgd_nesterov": {"optimizer": "sgd", "learning_rate": 0.1, "momentum": 0.8, "nesterov": True},
    "sgd_weight_decay": {"optimizer": "sgd", "learning_rate": 0.3, "weight_decay": 0.05},
    "sgd_momentum_dampening_weight_decay": {
        "optimizer": "sgd", "learning_rate": 0.1, "momentum": 0.9, "dampening": 0.1,
        "weight_decay": 0.02,
    },
    "adam": {"optimizer": "adam", "learning_rate": 0.05},
    "adam_betas_epsilon_weight_decay": {
        "optimizer": "adam", "learning_rate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 0.01,
        "weight_decay": 0.05,
    },
    "adamw": {"optimizer": "adamw", "learning_rate": 0.05},
    "adamw_weight_decay": {"optimizer": "adamw", "learning_rate": 0.05, "weight_decay": 0.1},
    "adamw_betas_epsilon_without_weight_decay": {
        "optimizer": "adamw", "learning_rate": 0.05, "beta1": 0.7, "beta2": 0.9, "epsilon": 1e-4,
        "weight_decay": 0,
    },
    "adam_amsgrad": {"optimizer": "adam", "learning_rate": 0.3, "beta2": 0.5, "beta1": 0.9, "amsgrad": True},
    "adamw_amsgrad_weight_decay": {
        "optimizer": "adamw", "learning_rate": 0.3, "beta1": 0.9, "beta2": 0.5, "amsgrad": True,
        "weight_decay": 0.1,
    },
    "rmsprop": {"optimizer": "rmsprop", "learning_rate": 0.01},
    "rmsprop_momentum": {"optimizer": "rmsprop", "learning_rate": 0.005, "momentum": 0.8},
    "rmsprop_centered": {"optimizer": "rmsprop", "learning_rate": 0.01, "centered": True},
    "rmsprop_centered_momentum_weight_decay": {
        "optimizer": "rmsprop", "learning_rate": 0.01, "centered": True, "momentum": 0.5,
        "alpha": 0.9, "epsilon": 1e-5, "weight_decay": 0.05,
    },
    "adagrad": {"optimizer": "adagrad", "learning_rate": 0.1},
    "adagrad_learning_rate_decay_weight_decay": {
        "optimizer": "adagrad", "learning_rate": 0.2, "learning_rate_decay": 0.1,
        "weight_decay": 0.05, "epsilon": 1e-6,
    },
    "nadam": {"optimizer": "nadam", "learning_rate": 0.05},
    "nadam_betas_momentum_decay_weight_decay": {
        "optimizer": "nadam", "learning_rate": 0.05, "beta1": 0.8, "beta2": 0.95,
        "momentum_decay": 0.05, "weight_decay": 0.05,
    },
    "radam": {"optimizer": "radam", "learning_rate": 0.05},
    "radam_betas_epsilon_weight_decay": {
        "optimizer": "radam", "learning_rate": 0.05, "beta1": 0.8, "beta2": 0.7, "epsilon": 0.01,
        "weight_decay": 0.05,
    },
    "adadelta": {"optimizer": "adadelta", "learning_rate": 1.0},
    "adadelta_rho_epsilon_weight_decay": {
        "optimizer": "adadelta", "learning_rate": 0.5, "rho": 0.7, "epsilon": 0.001, "weight_decay": 0.05,
    },
    "adamax": {"optimizer": "adamax", "learning_rate": 0.05},
    "adamax_betas_epsilon_weight_decay": {
        "optimizer": "adamax", "learning_rate": 0.05, "beta1": 0.8, "beta2": 0.7, "epsilon": 0.01,
        "weight_decay": 0.05,
    },
    "lion": {"optimizer": "lion", "learning_rate": 0.02},
    "lion_betas_weight_decay": {
        "optimizer": "lion", "learning_rate": 0.02, "beta1": 0.5, "beta2": 0.8, "weight_decay": 0.1,
    },
    "muon": {"optimizer": "muon", "learning_rate": 0.05},
    "muon_settings_without_nesterov": {
        "optimizer": "muon", "learning_rate": 0.05, "momentum": 0.8, "nesterov": False,
        "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "weight_decay": 0.02,
    },
    "l1": {"optimizer": "sgd", "learning_rate": 0.3, "l1": 0.01},
    "label_smoothing": {"optimizer": "sgd", "learning_rate": 0.3, "label_smoothing": 0.1},
    "clip_value": {"optimizer": "sgd", "learning_rate": 1.0, "clip_value": 0.05},
    "clip_norm": {"optimizer": "sgd", "learning_rate": 1.0, "clip_norm": 0.25},
    "clip_norm_not_reached": {"optimizer": "sgd", "learning_rate": 0.3, "clip_norm": 100},
    "clip_value_clip_norm": {
        "optimizer": "sgd", "learning_rate": 1.0, "clip_value": 0.05, "clip_norm": 0.2,
    },
    "max_norm": {"optimizer": "sgd", "learning_rate": 0.3, "max_norm": 0.9},
    "all_sgd": {
        "optimizer": "sgd", "learning_rate": 0.3, "momentum": 0.8, "nesterov": True,
        "weight_decay": 0.01, "l1": 0.005, "label_smoothing": 0.1, "clip_value": 0.08,
        "clip_norm": 0.3, "max_norm": 0.9,
    },
    "all_adamw": {
        "optimizer": "adamw", "learning_rate": 0.05, "weight_decay": 0.05, "l1": 0.005,
        "label_smoothing": 0.2, "clip_value": 0.08, "clip_norm": 0.3, "max_norm": 0.9,
    },
}


class Lion(torch.optim.Optimizer):
    """Algorithm 2 of Chen et al. 2023, which PyTorch does not have."""

    def __init__(self, parameters, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(parameters, {"lr": lr, "betas": betas, "decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for parameter in group["params"]:
                mean = self.state[parameter].setdefault("mean", torch.zeros_like(parameter))
                direction = torch.sign(beta1 * mean + (1 - beta1) * parameter.grad)
                decay = group["decay"] * parameter
                mean.copy_(beta2 * mean + (1 - beta2) * parameter.grad)
                parameter -= group["lr"] * (direction + decay)


# PyTorch orthogonalises in bfloat16, whose rounding is all that one would compare: in the precision of the weights.
exec(
    inspect.getsource(_muon._zeropower_via_newtonschulz).replace("torch.bfloat16", "grad.dtype"),
    vars(_muon),
)


class Muon:
    """`torch.optim.Muon` for all weights but those of the output layer, and AdamW for the rest."""

    def __init__(self, parameters, lr, momentum=0.95, nesterov=True, weight_decay=0.1, **adamw):
        *hidden, _ = [parameter for parameter in parameters if parameter.dim() == 2]
        others = [p for p in parameters if all(p is not weight for weight in hidden)]
        self.both = [
            torch.optim.Muon(
                hidden, lr, weight_decay, momentum, nesterov, adjust_lr_fn="match_rms_adamw"
            ),
            torch.optim.AdamW(others, lr, weight_decay=weight_decay, **adamw),
        ]

    def zero_grad(self):
        for optimizer in self.both:
            optimizer.zero_grad()

    def step(self):
        for optimizer in self.both:
            optimizer.step()


def optimizer(parameters, settings):
    """The optimizer of torch.optim. What the settings leave out, PyTorch's defaults decide."""
    kinds = {
        "sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW,
        "rmsprop": torch.optim.RMSprop, "adagrad": torch.optim.Adagrad,
        "nadam": torch.optim.NAdam,
        "radam": torch.optim.RAdam,
        "adadelta": torch.optim.Adadelta,
        "adamax": torch.optim.Adamax,
        "lion": Lion,
        "muon": Muon,
    }
    names = {
        "learning_rate": "lr", "momentum": "momentum", "dampening": "dampening",
        "nesterov": "nesterov", "weight_decay": "weight_decay", "alpha": "alpha",
        "centered": "centered", "epsilon": "eps", "momentum_decay": "momentum_decay",
        "learning_rate_decay": "lr_decay", "amsgrad": "amsgrad",
        "rho": "rho",
    }
    options = {names[key]: value for key, value in settings.items() if key in names}
    if "beta1" in settings:
        options["betas"] = (settings["beta1"], settings["beta2"])
    return kinds[settings["optimizer"]](list(parameters), **options)


def problem():
    """A batch and the parameters to start from, in PyTorch's layout."""
    draws = Draws(1)
    inputs, labels = draws.normal(8, 6), draws.labels(8, 4)
    weights = [draws.normal(5, 6, std=0.6), draws.normal(4, 5, std=0.7)]
    biases = [draws.normal(5, std=0.2), draws.normal(4, std=0.2)]
    return inputs, labels, weights, biases


def network():
    _, _, weights, biases = problem()
    model = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
    with torch.no_grad():
        for layer, weight, bias in zip((model[0], model[2]), weights, biases):
            layer.weight.copy_(weight)
            layer.bias.copy_(bias)
    return model


def parameters(model):
    weights = [tensor(dense(layer.weight)) for layer in (model[0], model[2])]
    biases = [tensor(layer.bias) for layer in (model[0], model[2])]
    return [weights[0], biases[0], weights[1], biases[1]]


def train(settings):
    """The loss before and the parameters after each step."""
    inputs, labels, _, _ = problem()
    model = network()
    optimize = optimizer(model.parameters(), settings)
    criterion = nn.CrossEntropyLoss(label_smoothing=settings.get("label_smoothing", 0.0))
    losses, after, bites = [], [], {"clip_value": 0, "clip_norm": 0, "max_norm": 0}
    for _ in range(STEPS):
        optimize.zero_grad()
        loss = criterion(model(inputs), labels)
        losses.append(number(loss.item()))
        if "l1" in settings:
            loss = loss + settings["l1"] * sum(p.abs().sum() for p in model.parameters())
        loss.backward()
        gradients = [p.grad for p in model.parameters()]
        if "clip_value" in settings:
            bites["clip_value"] += any(g.abs().max() > settings["clip_value"] for g in gradients)
            nn.utils.clip_grad_value_(model.parameters(), settings["clip_value"])
        if "clip_norm" in settings:
            norm = nn.utils.clip_grad_norm_(model.parameters(), settings["clip_norm"])
            bites["clip_norm"] += bool(norm > settings["clip_norm"])
        optimize.step()
        if "max_norm" in settings:
            with torch.no_grad():
                for layer in (model[0], model[2]):
                    renormed = torch.renorm(layer.weight, p=2, dim=0, maxnorm=settings["max_norm"])
                    bites["max_norm"] += not torch.equal(renormed, layer.weight)
                    layer.weight.copy_(renormed)
        after.append(parameters(model))
    return losses, after, bites


def make():
    inputs, labels, _, _ = problem()
    facts = {
        "settings": SHAPE,
        "steps": STEPS,
        "problem": {
            "inputs": tensor(inputs), "labels": labels.tolist(),
            "parameters": parameters(network()),
        },
    }
    cases = []
    for name, settings in CASES.items():
        losses, after, bites = train(settings)
        assert losses[-1] < losses[0], f"{name}: the loss rises, {losses}"
        for key, count in bites.items():
            reached = key in settings and "not_reached" not in name
            assert (count > 0) == reached, f"{name}: {key} takes effect in {count} steps"
        keys = {f"training.{key}": value for key, value in settings.items()}
        cases.append({"name": name, "settings": keys, "losses": losses, "parameters": after})
    return facts, cases
