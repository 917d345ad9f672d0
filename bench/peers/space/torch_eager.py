"""PyTorch, eager: modules and a fused optimizer, on samples that are loaded once."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from serve import serve
from torch_samples import set_up, tensors


def make_model(cell):
    activation = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}[cell.activation]
    height, width, channels = cell.input_shape
    stages = []
    for outputs in cell.channels:
        stages.append(
            nn.Conv2d(channels, outputs, cell.kernel_size, padding=cell.kernel_size // 2)
        )
        stages += [nn.BatchNorm2d(outputs)] if cell.batch_norm else []
        stages += [activation(), nn.MaxPool2d(2)]
        height, width, channels = height // 2, width // 2, outputs
    stages.append(nn.Flatten())
    inputs = height * width * channels
    for outputs in cell.hidden:
        stages.append(nn.Linear(inputs, outputs))
        stages += [nn.BatchNorm1d(outputs)] if cell.batch_norm else []
        stages.append(activation())
        stages += [nn.Dropout(cell.dropout)] if cell.dropout else []
        inputs = outputs
    model = nn.Sequential(*stages, nn.Linear(inputs, cell.classes))
    return model.to(memory_format=torch.channels_last) if cell.channels else model


def make_optimizer(parameters, settings):
    """The fused form, where PyTorch has one for the CPU; otherwise the one that steps through all
    parameters at once."""
    settings = dict(settings)
    name, rate = settings.pop("optimizer"), settings.pop("learning_rate")
    make = {
        "sgd": torch.optim.SGD,
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
        "rmsprop": torch.optim.RMSprop,
    }[name]
    form = {"foreach": True} if name == "rmsprop" else {"fused": True}
    return make(parameters, lr=rate, **settings, **form)


def prepare(cell):
    set_up()
    values, labels, draw_order = tensors(cell)
    model = make_model(cell)
    optimizer = make_optimizer(model.parameters(), cell.optimizer)

    def train(order):
        losses = []
        for batch in order:
            loss = cross_entropy(model(values[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        return torch.stack(losses)

    return draw_order, train


if __name__ == "__main__":
    serve(prepare, ["torch"])
