"""What torch.nn.init makes of given noise."""

import contextlib

import torch
from torch import nn

from values import Draws, dense, kernel, tensor

# The names of torch.nn.init.calculate_gain; it has none for the other activations.
ACTIVATIONS = {
    "relu": "relu", "tanh": "tanh", "leaky_relu": "leaky_relu", "selu": "selu",
    "sigmoid": "sigmoid", "identity": "linear",
}
WITHOUT_GAIN = ["elu", "gelu", "silu", "softplus"]
LEAKY_SLOPE = 0.01


@contextlib.contextmanager
def noise_given(noise):
    """PyTorch draws these numbers, in its own layout: u in [0, 1), or z of N(0, 1)."""
    uniform, normal = torch.Tensor.uniform_, torch.Tensor.normal_
    take = lambda tensor: noise.reshape(tensor.shape)
    torch.Tensor.uniform_ = lambda self, a=0.0, b=1.0, **_: self.copy_(a + (b - a) * take(self))
    torch.Tensor.normal_ = lambda self, mean=0.0, std=1.0, **_: self.copy_(mean + std * take(self))
    try:
        yield
    finally:
        torch.Tensor.uniform_, torch.Tensor.normal_ = uniform, normal


def apply(init, weight, activation):
    """Calls torch.nn.init as an entry of the sweep file says."""
    kind, o = (init, {}) if isinstance(init, str) else next(iter(init.items()))
    slope = LEAKY_SLOPE if activation == "leaky_relu" else 0
    mode = o.get("mode", "fan_in") if isinstance(o, dict) else None
    kaiming = {"a": slope, "mode": mode, "nonlinearity": ACTIVATIONS[activation]}
    gain = {"gain": o["gain"]} if isinstance(o, dict) and "gain" in o else {}
    {
        "zeros": lambda: nn.init.zeros_(weight),
        "constant": lambda: nn.init.constant_(weight, o),
        "normal": lambda: nn.init.normal_(weight, 0.0, o["std"]),
        "uniform": lambda: nn.init.uniform_(weight, -o["bound"], o["bound"]),
        "xavier_normal": lambda: nn.init.xavier_normal_(weight, **gain),
        "xavier_uniform": lambda: nn.init.xavier_uniform_(weight, **gain),
        "kaiming_normal": lambda: nn.init.kaiming_normal_(weight, **kaiming),
        "kaiming_uniform": lambda: nn.init.kaiming_uniform_(weight, **kaiming),
        "orthogonal": lambda: nn.init.orthogonal_(weight),
    }[kind]()


def noise_kind(init):
    kind = init if isinstance(init, str) else next(iter(init))
    if kind in ("zeros", "constant"):
        return None
    uniform = kind in ("default", "uniform", "xavier_uniform", "kaiming_uniform")
    return "uniform" if uniform else "normal"


def build(inputs, outputs, size, weight_noise=None, bias_noise=None):
    """A layer whose own, default initialisation draws this noise."""
    noises = {2: weight_noise, 4: weight_noise, 1: bias_noise}
    uniform = torch.Tensor.uniform_

    def draw(self, a=0.0, b=1.0, **_):
        noise = noises[self.dim()]
        return self.zero_() if noise is None else self.copy_(a + (b - a) * noise)

    torch.Tensor.uniform_ = draw
    try:
        if size is None:
            return nn.Linear(inputs, outputs)
        return nn.Conv2d(inputs, outputs, size)
    finally:
        torch.Tensor.uniform_ = uniform


def make_case(name, draws, init, activation, inputs, outputs, size=None):
    shape = (outputs, inputs) if size is None else (outputs, inputs, size, size)
    layout = dense if size is None else kernel
    kind = noise_kind(init)
    draw = {"uniform": draws.uniform, "normal": draws.normal}.get(kind)
    noise = draw(*shape) if draw else None
    with torch.no_grad():
        if init == "default":
            weight = build(inputs, outputs, size, weight_noise=noise).weight
        else:
            weight = torch.full(shape, 9.0)
            with noise_given(noise):
                apply(init, weight, activation)
    return {
        "name": name, "init": init, "activation": activation,
        "layer": "dense" if size is None else "convolution",
        "inputs": inputs, "outputs": outputs, "kernel_size": size,
        "noise_kind": kind, "noise": None if noise is None else tensor(layout(noise)),
        "expected": tensor(layout(weight)),
    }


def make_bias(name, draws, init, inputs, outputs, size=None):
    kind = noise_kind(init)
    draw = {"uniform": draws.uniform, "normal": draws.normal}.get(kind)
    noise = draw(outputs) if draw else None
    with torch.no_grad():
        if init == "default":
            bias = build(inputs, outputs, size, bias_noise=noise).bias
        else:
            bias = torch.full((outputs,), 9.0)
            with noise_given(noise):
                apply(init, bias, "relu")
    return {
        "name": name, "bias_init": init, "layer": "dense" if size is None else "convolution",
        "inputs": inputs, "outputs": outputs, "kernel_size": size, "noise_kind": kind,
        "noise": None if noise is None else tensor(noise), "expected": tensor(bias),
    }


def make():
    draws = Draws(2)
    simple = {
        "default": "default", "zeros": "zeros", "constant": {"constant": 0.25},
        "normal": {"normal": {"std": 0.3}}, "uniform": {"uniform": {"bound": 0.2}},
        "xavier_normal": "xavier_normal",
        "xavier_normal_gain": {"xavier_normal": {"gain": 1.5}},
        "xavier_uniform": "xavier_uniform",
        "xavier_uniform_gain": {"xavier_uniform": {"gain": 0.5}},
        "kaiming_normal": "kaiming_normal", "kaiming_uniform": "kaiming_uniform",
    }
    cases = []
    for name, init in simple.items():
        cases.append(make_case(f"{name}_dense", draws, init, "relu", 7, 4))
        cases.append(make_case(f"{name}_convolution", draws, init, "relu", 2, 3, 3))
    for kind in ("kaiming_normal", "kaiming_uniform"):
        for mode in ("fan_in", "fan_out"):
            for activation in ACTIVATIONS:
                name, init = f"{kind}_{mode}_{activation}", {kind: {"mode": mode}}
                cases.append(make_case(f"{name}_dense", draws, init, activation, 7, 4))
            name = f"{kind}_{mode}_leaky_relu_convolution"
            cases.append(make_case(name, draws, {kind: {"mode": mode}}, "leaky_relu", 2, 3, 3))
    sizes = {"more_inputs": (7, 4), "more_outputs": (4, 7), "square": (5, 5), "one_input": (1, 3)}
    for name, (inputs, outputs) in sizes.items():
        cases.append(make_case(f"orthogonal_{name}", draws, "orthogonal", "relu", inputs, outputs))
    # At most as many outputs as weights of each, so that the order of these changes nothing.
    cases.append(make_case("orthogonal_convolution", draws, "orthogonal", "relu", 2, 3, 3))

    biases = []
    for name, init in list(simple.items())[:5]:
        biases.append(make_bias(f"{name}_dense", draws, init, 7, 4))
        biases.append(make_bias(f"{name}_convolution", draws, init, 2, 3, 3))

    slope = {"leaky_relu": LEAKY_SLOPE}
    gains = {
        ours: nn.init.calculate_gain(theirs, slope.get(ours))
        for ours, theirs in ACTIVATIONS.items()
    }
    # The gain for the initial slope.
    gains["prelu"] = nn.init.calculate_gain("leaky_relu", 0.25)
    for activation in WITHOUT_GAIN:
        with contextlib.suppress(ValueError):
            raise AssertionError(f"{activation} has {nn.init.calculate_gain(activation)}")
    return {"gains": gains, "without_gain": WITHOUT_GAIN, "biases": biases}, cases
