"""The optimizers of `torch.optim` as pure functions on trees of parameters."""

import jax
import jax.numpy as jnp

BETA1, BETA2, ALPHA, EPSILON = 0.9, 0.999, 0.99, 1e-8


def optimizer_of(settings):
    """`initial(parameters)`, and `update(gradients, state, parameters)`, which returns both new."""
    rate = settings["learning_rate"]
    decay = settings.get("weight_decay", 0.0)
    name = settings["optimizer"]
    if name == "sgd" and not settings.get("momentum"):
        return none, sgd(rate)
    if name == "sgd":
        return zeros, momentum(rate, settings["momentum"])
    if name == "rmsprop":
        return zeros, rmsprop(rate)
    return moments, adam(rate, decay if name == "adamw" else 0.0)


def none(_parameters):
    return ()


def zeros(parameters):
    return jax.tree.map(jnp.zeros_like, parameters)


def moments(parameters):
    return zeros(parameters), zeros(parameters), jnp.zeros(())


def sgd(rate):
    def update(gradients, state, parameters):
        return jax.tree.map(lambda p, g: p - rate * g, parameters, gradients), state

    return update


def momentum(rate, factor):
    def update(gradients, velocity, parameters):
        velocity = jax.tree.map(lambda v, g: factor * v + g, velocity, gradients)
        return jax.tree.map(lambda p, v: p - rate * v, parameters, velocity), velocity

    return update


def rmsprop(rate):
    def update(gradients, squares, parameters):
        squares = jax.tree.map(lambda s, g: ALPHA * s + (1 - ALPHA) * g * g, squares, gradients)
        moved = jax.tree.map(
            lambda p, g, s: p - rate * g / (jnp.sqrt(s) + EPSILON), parameters, gradients, squares
        )
        return moved, squares

    return update


def adam(rate, decay):
    """With a decay of the weights apart from the gradients, this is AdamW."""

    def update(gradients, state, parameters):
        means, squares, count = state
        count += 1
        means = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, means, gradients)
        squares = jax.tree.map(lambda s, g: BETA2 * s + (1 - BETA2) * g * g, squares, gradients)
        step = rate / (1 - BETA1**count)
        root = 1 / jnp.sqrt(1 - BETA2**count)
        moved = jax.tree.map(
            lambda p, m, s: p * (1 - rate * decay) - step * m / (jnp.sqrt(s) * root + EPSILON),
            parameters,
            means,
            squares,
        )
        return moved, (means, squares, count)

    return update
