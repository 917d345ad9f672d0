"""JAX: all steps of a call are one compiled program, a `lax.scan` over batches of indices.

With convolutions, each step is a call of a compiled program instead: on a CPU, the gradient of a
convolution's weights is a hundred times slower inside of a scan.
"""

import functools

import jax
import jax.numpy as jnp
import numpy
from jax import lax

from jax_network import initial_parameters, initial_statistics, loss_of
from jax_optimizer import optimizer_of
from samples import load, shuffled_epochs
from serve import serve


def prepare(cell):
    jax.config.update("jax_platforms", "cpu")
    # Random bits for dropout by the fast generator: JAX's default is several times slower.
    jax.config.update("jax_default_prng_impl", "unsafe_rbg")
    values, labels = load(cell)
    count = len(labels)
    values, labels = jnp.asarray(values), jnp.asarray(labels, jnp.int32)
    initial, update = optimizer_of(cell.optimizer)
    parameters = initial_parameters(cell, jax.random.key(0))
    training = (parameters, initial_statistics(parameters), initial(parameters), jax.random.key(1))

    def step(training, values, labels, batch):
        parameters, statistics, state, key = training
        key, use = jax.random.split(key) if cell.dropout else (key, key)
        # Indices are known to be valid, so that no value is replaced.
        chosen = values.at[batch].get(mode="promise_in_bounds")
        targets = labels.at[batch].get(mode="promise_in_bounds")
        gradient = jax.value_and_grad(loss_of, argnums=1, has_aux=True)
        (loss, statistics), gradients = gradient(
            cell, parameters, statistics, chosen, targets, use
        )
        parameters, state = update(gradients, state, parameters)
        return (parameters, statistics, state, key), loss

    @functools.partial(jax.jit, donate_argnums=0)
    def scanned(training, values, labels, order):
        return lax.scan(lambda state, batch: step(state, values, labels, batch), training, order)

    compiled_step = jax.jit(step, donate_argnums=0)

    def train(order):
        nonlocal training
        if cell.channels:
            losses = []
            for batch in order:
                training, loss = compiled_step(training, values, labels, batch)
                losses.append(loss)
        else:
            training, losses = scanned(training, values, labels, order)
        jax.block_until_ready(training)
        return losses

    return lambda: shuffled_epochs(cell, count).astype(numpy.int32), train


if __name__ == "__main__":
    serve(prepare, ["jax", "jaxlib"])
