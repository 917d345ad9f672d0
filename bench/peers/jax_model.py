"""The yardstick in JAX: an epoch as one compiled program, a `lax.scan` over its batches."""

import jax
import jax.numpy as jnp
import numpy
from jax import lax

from yardstick import BATCH, CLASSES, FEATURES, HIDDEN, LEARNING_RATE, training_samples

PACKAGES = ["jax", "jaxlib"]


def set_up(options):
    """float32 in full, or TF32 if asked: JAX's default on a GPU would be TF32."""
    precision = "tensorfloat32" if options.tf32 else "highest"
    jax.config.update("jax_default_matmul_precision", precision)
    # "cuda" fails where there is no GPU; the default would go on with the CPU.
    jax.config.update("jax_platforms", options.device)


def initial_parameters(key):
    """As PyTorch's layers start: uniform in ±1/√fan-in."""
    parameters = []
    for fan_in, fan_out in ((FEATURES, HIDDEN), (HIDDEN, CLASSES)):
        for shape in ((fan_in, fan_out), (fan_out,)):
            key, use = jax.random.split(key)
            bound = fan_in**-0.5
            parameters.append(jax.random.uniform(use, shape, minval=-bound, maxval=bound))
    return parameters


def loss_of(parameters, images, labels):
    weights, biases, output_weights, output_biases = parameters
    hidden = jax.nn.relu(images @ weights + biases)
    logits = jax.nn.log_softmax(hidden @ output_weights + output_biases)
    return -jnp.take_along_axis(logits, labels[:, None], axis=1).mean()


def epoch_of(parameters, batches, last, images, labels):
    """The parameters after an epoch, and the mean loss of its samples."""

    def step(parameters, batch):
        loss, gradients = jax.value_and_grad(loss_of)(parameters, images[batch], labels[batch])
        moved = jax.tree.map(lambda p, g: p - LEARNING_RATE * g, parameters, gradients)
        return moved, loss * len(batch)

    parameters, losses = lax.scan(step, parameters, batches)
    parameters, last_loss = step(parameters, last)
    return parameters, (losses.sum() + last_loss) / len(labels)


def trainer(compiled, parameters):
    """A function that trains one epoch by `compiled` and waits until it is done."""
    images, labels = map(jnp.asarray, training_samples())
    count = len(labels)
    full = count // BATCH * BATCH

    def epoch():
        nonlocal parameters
        order = numpy.random.permutation(count).astype(numpy.int32)
        batches, last = order[:full].reshape(-1, BATCH), order[full:]
        parameters, loss = compiled(parameters, batches, last, images, labels)
        jax.block_until_ready(parameters)
        return float(loss.mean())

    return epoch
