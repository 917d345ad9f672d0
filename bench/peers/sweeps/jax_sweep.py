"""JAX: an epoch of a run is one compiled program, a `lax.scan` over its batches.

Learning rate and weight decay are arguments, so that runs of the same network share what is
compiled.
With convolutions, each step is a call of a compiled program instead: on a CPU, the gradient of a
convolution's weights is a hundred times slower inside of a scan.
"""

import functools
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy
from jax import lax

from jax_evaluate import sums_of
from jax_initial import initial_parameters
from jax_network import initial_statistics, loss_of
from jax_optimizer import optimizer_of
from network import network_of
from schedule import learning_rate
from workers import divide, result

# Samples that are evaluated at once.
EVALUATED = 1000


def prepare(data):
    jax.config.update("jax_platforms", "cpu")
    # Random bits for dropout by the fast generator: JAX's default is several times slower.
    jax.config.update("jax_default_prng_impl", "unsafe_rbg")
    labels = jnp.asarray(data.labels, jnp.int32)
    values = jnp.asarray(data.values)
    images = functools.cache(lambda shape: values.reshape(-1, *shape))

    def train(run):
        network = network_of(run)
        samples = images(network.input_shape) if network.channels else values
        training, validation = (part.astype(numpy.int32) for part in data.split(run))
        settings = run["optimizer"]
        program = compiled(network, settings["optimizer"], settings.get("momentum", 0.0))
        generator = numpy.random.default_rng(run["seed"])
        parameters = initial_parameters(network, run, generator)
        state = program.start(parameters, jax.random.key(run["seed"]))
        decay = settings.get("weight_decay", 0.0)
        epochs = []
        for epoch in range(run["epochs"]):
            order, rate = generator.permutation(training), learning_rate(run, epoch)
            full = len(order) // run["batch"] * run["batch"]
            batches, last = order[:full].reshape(-1, run["batch"]), order[full:]
            state, train_loss = program.train(state, samples, labels, batches, last, rate, decay)
            val_loss, val_accuracy = evaluate(network, state, samples, labels, validation)
            epochs.append(
                {"train_loss": train_loss, "val_loss": val_loss, "val_accuracy": val_accuracy}
            )
        test = evaluate(network, state, samples, labels, data.test.astype(numpy.int32))
        return result(epochs, test)

    return train


def evaluate(network, state, samples, labels, indices):
    """Mean loss and accuracy."""
    sums_of_part = evaluation(network)
    parameters, statistics, _, _ = state
    parts = [indices[first : first + EVALUATED] for first in range(0, len(indices), EVALUATED)]
    # All are started before the first is waited for.
    sums = [sums_of_part(parameters, statistics, samples, labels, part) for part in parts]
    loss, right = (sum(map(float, column)) for column in zip(*sums))
    return loss / len(indices), right / len(indices)


@functools.cache
def compiled(network, optimizer, momentum):
    """The functions that train a network with an optimizer."""

    def optimizer_with(rate, decay):
        settings = {"optimizer": optimizer, "momentum": momentum, "learning_rate": rate}
        return optimizer_of(settings | ({"weight_decay": decay} if optimizer == "adamw" else {}))

    @jax.jit
    def start(parameters, key):
        moments, _ = optimizer_with(0.0, 0.0)
        return parameters, initial_statistics(parameters), moments(parameters), key

    def step(state, samples, labels, batch, rate, decay):
        parameters, statistics, moments, key = state
        key, use = jax.random.split(key) if network.dropout else (key, key)
        # Indices are known to be valid, so that no value is replaced.
        chosen = samples.at[batch].get(mode="promise_in_bounds")
        targets = labels.at[batch].get(mode="promise_in_bounds")
        gradient = jax.value_and_grad(loss_of, argnums=1, has_aux=True)
        (loss, statistics), gradients = gradient(
            network, parameters, statistics, chosen, targets, use
        )
        if optimizer != "adamw":
            gradients = jax.tree.map(lambda g, p: g + decay * p, gradients, parameters)
        _, update = optimizer_with(rate, decay)
        parameters, moments = update(gradients, moments, parameters)
        return (parameters, statistics, moments, key), loss

    @functools.partial(jax.jit, donate_argnums=0)
    def scanned_epoch(state, samples, labels, batches, last, rate, decay):
        state, losses = lax.scan(
            lambda state, batch: step(state, samples, labels, batch, rate, decay), state, batches
        )
        total, count = losses.sum(), len(losses)
        if len(last):
            state, loss = step(state, samples, labels, last, rate, decay)
            total, count = total + loss, count + 1
        return state, total / count

    compiled_step = jax.jit(step, donate_argnums=0)

    def epoch_of_steps(state, samples, labels, batches, last, rate, decay):
        losses = []
        for batch in [*batches, *([last] if len(last) else [])]:
            state, loss = compiled_step(state, samples, labels, batch, rate, decay)
            losses.append(loss)
        return state, numpy.mean(losses)

    def train(*arguments):
        state, loss = (epoch_of_steps if network.channels else scanned_epoch)(*arguments)
        return state, float(loss)

    return SimpleNamespace(start=start, train=train)


@functools.cache
def evaluation(network):
    """Runs of the same network share it, whatever their optimizer."""

    @jax.jit
    def sums(parameters, statistics, samples, labels, indices):
        return sums_of(network, parameters, statistics, samples[indices], labels[indices])

    return sums


if __name__ == "__main__":
    divide(prepare, ["jax", "jaxlib", "numpy"])
