"""The networks of the cells in JAX: parameters as a list of layers, and pure functions on them."""

import jax
import jax.numpy as jnp
from jax import lax

NORM_MOMENTUM, NORM_EPSILON = 0.1, 1e-5


def initial_parameters(cell, key):
    """As PyTorch's layers start: uniform in ±1/√fan-in, norms at 1 and 0."""
    height, width, channels = cell.input_shape
    shapes = []
    for outputs in cell.channels:
        shapes.append((cell.kernel_size, cell.kernel_size, channels, outputs))
        height, width, channels = height // 2, width // 2, outputs
    sizes = [height * width * channels, *cell.hidden, cell.classes]
    shapes += zip(sizes, sizes[1:])
    parameters = []
    for index, shape in enumerate(shapes):
        key, for_weights, for_biases = jax.random.split(key, 3)
        fan_in = 1
        for size in shape[:-1]:
            fan_in *= size
        layer = {
            "weights": uniform(for_weights, shape, fan_in**-0.5),
            "biases": uniform(for_biases, shape[-1:], fan_in**-0.5),
        }
        if cell.batch_norm and index < len(shapes) - 1:
            layer |= {"scale": jnp.ones(shape[-1]), "shift": jnp.zeros(shape[-1])}
        parameters.append(layer)
    return parameters


def uniform(key, shape, bound):
    return jax.random.uniform(key, shape, minval=-bound, maxval=bound)


def initial_statistics(parameters):
    """The running mean and variance of each batch norm."""
    return [
        {"mean": jnp.zeros_like(layer["shift"]), "variance": jnp.ones_like(layer["scale"])}
        for layer in parameters
        if "scale" in layer
    ]


def loss_of(cell, parameters, statistics, values, labels, key):
    """The mean cross-entropy of a batch, and the running statistics after it."""
    *hidden, last = parameters
    remaining = iter(statistics)
    updated = []
    for index, layer in enumerate(hidden):
        is_block = index < len(cell.channels)
        if is_block:
            values = convolution(values, layer["weights"])
        else:
            values = values.reshape(len(labels), -1) @ layer["weights"]
        values += layer["biases"]
        if "scale" in layer:
            values, running = batch_norm(values, layer, next(remaining))
            updated.append(running)
        values = jax.nn.relu(values) if cell.activation == "relu" else jax.nn.sigmoid(values)
        if is_block:
            values = pooled(values)
        elif cell.dropout:
            key, use = jax.random.split(key)
            kept = jax.random.bernoulli(use, 1 - cell.dropout, values.shape)
            values = jnp.where(kept, values / (1 - cell.dropout), 0)
    logits = values @ last["weights"] + last["biases"]
    chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1)
    return -chosen.mean(), updated


def convolution(images, kernel):
    """Images keep their size."""
    return lax.conv_general_dilated(
        images, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def pooled(images):
    """The maximum of each 2 × 2 square. By reshaping, because the gradient of `reduce_window` is
    slow on a CPU."""
    batch, height, width, channels = images.shape
    return images.reshape(batch, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))


def batch_norm(values, layer, running):
    """Normalised over all axes but the last, and the running statistics."""
    axes = tuple(range(values.ndim - 1))
    count = values.size // values.shape[-1]
    mean = values.mean(axes)
    variance = jnp.square(values - mean).mean(axes)
    normalised = (values - mean) * (lax.rsqrt(variance + NORM_EPSILON) * layer["scale"])
    unbiased = variance * (count / (count - 1))
    moved = {
        "mean": running["mean"] + NORM_MOMENTUM * (mean - running["mean"]),
        "variance": running["variance"] + NORM_MOMENTUM * (unbiased - running["variance"]),
    }
    return normalised + layer["shift"], lax.stop_gradient(moved)
