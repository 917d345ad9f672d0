"""The work of a training step: operations of its matrix products, and values that it moves."""

import math
from dataclasses import dataclass

from space.cells import CLASSES, KERNEL_SIZE

# Values that an optimizer keeps for each parameter, besides the parameter itself.
STATE_VALUES = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adam": 2, "adamw": 2}


@dataclass(frozen=True)
class Layer:
    """A convolution, or a dense layer, which is a product with a single position per sample."""

    inputs: int
    outputs: int
    # Positions of an image that are multiplied with the weights; 1 for a dense layer.
    positions: int
    # Values per sample that the layers behind it read: after pooling.
    activations: int
    has_norm: bool

    @property
    def parameters(self):
        norm = 2 * self.outputs if self.has_norm else 0
        return self.inputs * self.outputs + self.outputs + norm

    @property
    def multiplications(self):
        """Of one sample in the forward pass."""
        return self.positions * self.inputs * self.outputs


@dataclass(frozen=True)
class Work:
    """What a training step needs, whatever the program."""

    flop: int
    parameters: int
    # Values that are read and written once in each step: parameters, the optimizer's state,
    # and the activations, which the forward pass writes and the backward pass reads.
    updated_values: int
    # Values that are read once: the batch.
    read_values: int

    @property
    def bytes_moved(self):
        return 4 * (2 * self.updated_values + self.read_values)

    @property
    def working_set_bytes(self):
        return 4 * (self.updated_values + self.read_values)


def layers_of(cell):
    """The layers of a cell's network, from the input on."""
    height, width, channels = cell.input_shape
    layers = []
    for outputs in cell.channels:
        positions = height * width
        height, width = height // 2, width // 2
        activations = height * width * outputs
        inputs = KERNEL_SIZE**2 * channels
        layers.append(Layer(inputs, outputs, positions, activations, cell.has_batch_norm))
        channels = outputs
    inputs = height * width * channels
    for _ in range(cell.layers):
        layers.append(Layer(inputs, cell.width, 1, cell.width, cell.has_batch_norm))
        inputs = cell.width
    return [*layers, Layer(inputs, CLASSES, 1, CLASSES, False)]


def work_of(cell):
    """The forward pass, and the gradients of the weights and of all inputs but the samples: nobody
    needs those of the first layer."""
    layers = layers_of(cell)
    forward = sum(layer.multiplications for layer in layers)
    multiplications = 3 * forward - layers[0].multiplications
    parameters = sum(layer.parameters for layer in layers)
    activations = sum(layer.activations for layer in layers)
    state = STATE_VALUES[cell.optimizer] * parameters
    return Work(
        flop=2 * cell.batch * multiplications,
        parameters=parameters,
        updated_values=parameters + state + cell.batch * activations,
        read_values=cell.batch * math.prod(cell.input_shape),
    )
