"""Exported models as PyTorch modules."""

from __future__ import annotations

import json
from collections import OrderedDict
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

_ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "selu": nn.SELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "identity": nn.Identity,
}
_POOLINGS = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}


class Normalise(nn.Module):
    """The normalisation that the network was trained with: ``(x / scale - mean) / deviation``."""

    def __init__(self, description: dict[str, Any]) -> None:
        super().__init__()
        inputs = description["input"]
        # Per channel of an image, or per feature.
        shape = (1, -1, 1, 1) if "image" in inputs else (1, -1)
        self.scale = 255.0 if inputs["bytes"] else 1.0
        is_normalised = inputs["normalise"] != "none"
        mean = inputs["mean"] if is_normalised else [0.0]
        deviation = inputs["standard_deviation"] if is_normalised else [1.0]
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32).reshape(shape), persistent=False)
        deviations = torch.tensor(deviation, dtype=torch.float32).reshape(shape)
        self.register_buffer("deviation", deviations, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Normalises samples."""
        values: Tensor = (x.float() / self.scale - self.mean) / self.deviation
        return values


class Shortcut(nn.Module):
    """A block with a shortcut around it: every second row and column if it halves the image, zeros for new channels."""

    def __init__(self, block: nn.Sequential) -> None:
        super().__init__()
        self.block = block

    def forward(self, x: Tensor) -> Tensor:
        """Adds the input to the block's output."""
        y: Tensor = self.block(x)
        if x.shape[2:] != y.shape[2:]:
            x = x[:, :, ::2, ::2]
        missing = y.shape[1] - x.shape[1]
        return y + nn.functional.pad(x, (0, 0, 0, 0, 0, missing))


def _module(layer: dict[str, Any], is_image: bool) -> nn.Module:
    kind = layer["kind"]
    if kind == "dropout":
        return nn.Dropout(layer["rate"])
    if kind in ("convolution", "strided_convolution"):
        sizes = layer["inputs"], layer["outputs"], layer["kernel_size"]
        return nn.Conv2d(*sizes, stride=layer.get("stride", 1), padding=layer["padding"])
    if kind == "dense":
        return nn.Linear(layer["inputs"], layer["outputs"])
    if kind == "batch_norm":
        norm = nn.BatchNorm2d if is_image else nn.BatchNorm1d
        return norm(layer["units"], eps=layer["epsilon"])
    if kind == "layer_norm":
        return nn.LayerNorm(layer["shape"], eps=layer["epsilon"])
    if kind == "group_norm":
        return nn.GroupNorm(layer["groups"], layer["units"], eps=layer["epsilon"])
    if kind == "prelu":
        return nn.PReLU()
    if kind == "activation":
        return _ACTIVATIONS[layer["function"]]()
    if kind == "pooling":
        return _POOLINGS[layer["pooling"]](layer["size"])
    if kind == "global_pooling":
        return nn.AdaptiveAvgPool2d(1)
    if kind == "flatten":
        return nn.Flatten()
    raise ValueError(f"this version of tp_sweep does not know the layer {kind}")


def network(description: dict[str, Any]) -> tuple[nn.Sequential, dict[str, str]]:
    """The network of a ``model.json`` with new weights, and the prefix in it of each named layer."""
    root: OrderedDict[str, nn.Module] = OrderedDict(normalise=Normalise(description))
    places: dict[str, str] = {}
    block: OrderedDict[str, nn.Module] | None = None
    is_image = "image" in description["input"]
    for number, layer in enumerate(description["layers"]):
        is_image = is_image and layer["kind"] != "flatten"
        name = layer.get("name", f"{layer['kind']}_{number}")
        if layer["kind"] == "residual":
            if "add" not in layer:
                block = OrderedDict()
            else:
                root[f"block_{number}"] = Shortcut(nn.Sequential(block or OrderedDict()))
                for inside in block or {}:
                    places[inside] = f"block_{number}.block.{inside}"
                block = None
            continue
        target = root if block is None else block
        target[name] = _module(layer, is_image)
        places[name] = name
    return nn.Sequential(root), places


def load(folder: Path) -> nn.Module:
    """The exported model in a folder, in evaluation mode."""
    description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    model, places = network(description)
    weights = {}
    for key, tensor in safetensors.torch.load_file(folder / "model.safetensors").items():
        layer, _, parameter = key.rpartition(".")
        weights[f"{places[layer]}.{parameter}"] = tensor
    missing, unexpected = model.load_state_dict(weights, strict=False)
    missing = [key for key in missing if not key.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise ValueError(f"the weights do not match the layers: {missing} {unexpected}")
    return model.eval()
