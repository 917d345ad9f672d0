"""The networks of `jax_network` after training: running statistics, no dropout."""

import jax
import jax.numpy as jnp
from jax import lax

from jax_network import NORM_EPSILON, convolution, pooled


def logits_of(network, parameters, statistics, values):
    *hidden, last = parameters
    remaining = iter(statistics)
    for index, layer in enumerate(hidden):
        is_block = index < len(network.channels)
        if is_block:
            values = convolution(values, layer["weights"])
        else:
            values = values.reshape(len(values), -1) @ layer["weights"]
        values += layer["biases"]
        if "scale" in layer:
            running = next(remaining)
            scale = lax.rsqrt(running["variance"] + NORM_EPSILON) * layer["scale"]
            values = (values - running["mean"]) * scale + layer["shift"]
        values = jax.nn.relu(values) if network.activation == "relu" else jax.nn.sigmoid(values)
        if is_block:
            values = pooled(values)
    return values.reshape(len(values), -1) @ last["weights"] + last["biases"]


def sums_of(network, parameters, statistics, values, labels):
    """The sum of the losses, and the number of samples that are classified right."""
    logits = logits_of(network, parameters, statistics, values)
    chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1)
    return -chosen.sum(), (logits.argmax(1) == labels).sum()
