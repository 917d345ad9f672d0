"""The optimizers of `torch.optim` as functions that a compiled step can hold."""

import torch

BETA1, BETA2, ALPHA, EPSILON = 0.9, 0.999, 0.99, 1e-8


def optimizer_of(settings, parameters):
    """A function that moves the parameters in place, given their gradients by the same names."""
    name, rate = settings["optimizer"], settings["learning_rate"]
    if name == "sgd" and not settings.get("momentum"):
        return lambda gradients: sgd(parameters, gradients, rate)
    first = {name: torch.zeros_like(value) for name, value in parameters.items()}
    if name == "sgd":
        factor = settings["momentum"]
        return lambda gradients: momentum(parameters, gradients, first, rate, factor)
    if name == "rmsprop":
        return lambda gradients: rmsprop(parameters, gradients, first, rate)
    second = {name: torch.zeros_like(value) for name, value in parameters.items()}
    decay = settings["weight_decay"] if name == "adamw" else 0.0
    # A tensor, because a number that changes would be compiled anew in each step.
    count = torch.zeros(())
    return lambda gradients: adam(parameters, gradients, first, second, count, rate, decay)


def sgd(parameters, gradients, rate):
    for name, value in parameters.items():
        value.sub_(gradients[name], alpha=rate)


def momentum(parameters, gradients, velocities, rate, factor):
    for name, value in parameters.items():
        velocity = velocities[name].mul_(factor).add_(gradients[name])
        value.sub_(velocity, alpha=rate)


def rmsprop(parameters, gradients, squares, rate):
    for name, value in parameters.items():
        gradient = gradients[name]
        square = squares[name].mul_(ALPHA).addcmul_(gradient, gradient, value=1 - ALPHA)
        value.sub_(rate * gradient / (square.sqrt() + EPSILON))


def adam(parameters, gradients, means, squares, count, rate, decay):
    count.add_(1)
    step = rate / (1 - BETA1**count)
    root = (1 - BETA2**count).rsqrt()
    for name, value in parameters.items():
        gradient = gradients[name]
        mean = means[name].mul_(BETA1).add_(gradient, alpha=1 - BETA1)
        square = squares[name].mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
        moved = value * (1 - rate * decay) - step * mean / (square.sqrt() * root + EPSILON)
        value.copy_(moved)
