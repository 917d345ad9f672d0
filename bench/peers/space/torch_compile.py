"""PyTorch with the whole training step compiled: torch.compile over torch.func's gradients.

The gather of the batch, the running statistics of batch norm and the optimizer are inside of the
compiled step.
"""

import os

# One process compiles; others would stay alive next to what is measured.
os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"

import torch
from torch.func import grad_and_value
from torch.nn.functional import conv2d, cross_entropy, dropout, linear, max_pool2d

from serve import serve
from torch_eager import make_model
from torch_optimizer import optimizer_of
from torch_samples import set_up, tensors

NORM_MOMENTUM, NORM_EPSILON = 0.1, 1e-5


def batch_norm(values, weight, bias):
    """Normalised over all axes but that of units or channels, which is 1; and the mean and the
    unbiased variance."""
    axes = [axis for axis in range(values.dim()) if axis != 1]
    shape = [-1 if axis == 1 else 1 for axis in range(values.dim())]
    variance, mean = torch.var_mean(values, axes, correction=0)
    scale = (variance + NORM_EPSILON).rsqrt() * weight
    normalised = (values - mean.view(shape)) * scale.view(shape) + bias.view(shape)
    count = values.numel() // values.shape[1]
    return normalised, (mean.detach(), (variance * (count / (count - 1))).detach())


def loss_of(cell, parameters, values, labels):
    """The loss of a batch, and what its batch norms found. The parameters are those of
    `make_model`, by layer: weight and bias, then those of its norm."""
    layers = iter(parameters.values())
    found = []
    for index in range(len(cell.channels) + len(cell.hidden)):
        is_block = index < len(cell.channels)
        weight, bias = next(layers), next(layers)
        if is_block:
            values = conv2d(values, weight, bias, padding=cell.kernel_size // 2)
        else:
            values = linear(values.flatten(1), weight, bias)
        if cell.batch_norm:
            values, statistics = batch_norm(values, next(layers), next(layers))
            found.append(statistics)
        values = values.relu() if cell.activation == "relu" else values.sigmoid()
        if is_block:
            values = max_pool2d(values, 2)
        elif cell.dropout:
            values = dropout(values, cell.dropout)
    return cross_entropy(linear(values, next(layers), next(layers)), labels), found


def prepare(cell):
    set_up()
    values, labels, draw_order = tensors(cell)
    model = make_model(cell)
    parameters = {name: value.detach() for name, value in model.named_parameters()}
    running = [
        (module.running_mean, module.running_var)
        for module in model
        if hasattr(module, "running_mean")
    ]
    update = optimizer_of(cell.optimizer, parameters)

    def loss_of_batch(parameters, values, labels):
        return loss_of(cell, parameters, values, labels)

    @torch.compile(dynamic=False)
    def step(batch):
        gradient = grad_and_value(loss_of_batch, has_aux=True)
        gradients, (loss, found) = gradient(parameters, values[batch], labels[batch])
        for kept, new in zip(running, found):
            for kept_value, new_value in zip(kept, new):
                kept_value.lerp_(new_value, NORM_MOMENTUM)
        update(gradients)
        return loss

    def train(order):
        with torch.no_grad():
            return torch.stack([step(batch) for batch in order])

    return draw_order, train


if __name__ == "__main__":
    serve(prepare, ["torch"])
