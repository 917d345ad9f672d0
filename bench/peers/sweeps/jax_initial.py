"""The initial values of a run's network. By NumPy, because there is nothing to compile then."""

import functools
import math

import jax
import jax_network
import numpy


def initial_parameters(network, run, generator):
    """A layer's values by their names, as in `jax_network`."""
    shapes = functools.partial(jax_network.initial_parameters, network)
    layers = jax.eval_shape(shapes, jax.random.key(0))
    return [initial_layer(layer, run, generator) for layer in layers]


def initial_layer(layer, run, generator):
    # Inputs before outputs.
    fan_in = math.prod(layer["weights"].shape[:-1])
    values = {
        "weights": draw(run["init"], layer["weights"].shape, fan_in, generator),
        "biases": draw(run["bias_init"], layer["biases"].shape, fan_in, generator),
    }
    if "scale" in layer:
        values["scale"] = numpy.ones(layer["scale"].shape)
        values["shift"] = numpy.zeros(layer["shift"].shape)
    return {name: value.astype(numpy.float32) for name, value in values.items()}


def draw(init, shape, fan_in, generator):
    if init == "zeros":
        return numpy.zeros(shape)
    if init == "kaiming_normal":
        return generator.normal(0, (2 / fan_in) ** 0.5, shape)
    # As PyTorch's layers start.
    bound = fan_in**-0.5
    return generator.uniform(-bound, bound, shape)
