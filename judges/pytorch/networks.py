"""Forward and backward passes: activations, normalisation, convolutions, pooling, loss."""

import torch
from torch import nn

from values import Draws, channels_last, dense, kernel, number, tensor

BATCH = 6
CLASSES = 4
FEATURES = 6
IMAGE = (8, 8, 2)
# Halved, its sides are rounded.
ODD_IMAGE = (7, 5, 2)
ACTIVATIONS = {
    "relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU, "selu": nn.SELU, "gelu": nn.GELU, "silu": nn.SiLU, "softplus": nn.Softplus,
    "identity": nn.Identity,
    "prelu": lambda slope=0.25: nn.PReLU(init=slope),
}
KINKED = (nn.ReLU, nn.LeakyReLU, nn.ELU, nn.SELU, nn.PReLU)
# Activations with parameters.
PARAMETRIC = (nn.PReLU,)
POOLINGS = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}
# Each takes the shape of its input, channels first.
NORMS = {
    "none": lambda shape: None,
    "layer": nn.LayerNorm,
    "group": lambda shape, groups: nn.GroupNorm(groups, shape[0]),
    "batch": lambda shape: (nn.BatchNorm1d if len(shape) == 1 else nn.BatchNorm2d)(shape[0]),
}


def named(value):
    """A setting `name` or `{name: options}`, as its name and its options."""
    return next(iter(value.items())) if isinstance(value, dict) else (value, {})


class Flatten(nn.Module):
    """[batch, channels, height, width] as [batch, height·width·channels]."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


class Start(nn.Module):
    """The start of a shortcut."""

    def forward(self, x):
        self.value = x
        return x


class Add(nn.Module):
    """Adds a shortcut: every second row and column if the image is halved, and zeros for missing channels."""

    def __init__(self, start):
        super().__init__()
        self.start = [start]

    def forward(self, x):
        skipped = self.start[0].value
        if skipped.shape[2:] != x.shape[2:]:
            skipped = skipped[:, :, ::2, ::2]
        missing = x.shape[1] - skipped.shape[1]
        return x + nn.functional.pad(skipped, (0, 0, 0, 0, 0, missing))


class Network(nn.Module):
    """A network of the sweep file's `model` keys, layer by layer."""

    def __init__(self, settings, image):
        super().__init__()
        self.settings = settings
        self.image = image
        self.steps = nn.ModuleList()
        # For each layer, its modules with parameters, in order.
        self.layers = []
        size = FEATURES
        if settings["model.kind"] == "cnn":
            size = self.blocks()
        for width in settings["model.width"]:
            self.layer(nn.Linear(size, width), [width])
            size = width
        self.steps.append(nn.Linear(size, CLASSES))
        self.layers.append([self.steps[-1]])

    def blocks(self):
        height, width, channels = self.image
        k, pooling = self.settings["model.kernel_size"], self.settings["model.pooling"]
        for out in self.settings["model.channels"]:
            start = Start() if self.settings.get("model.shortcut") else None
            if start:
                self.steps.append(start)
            stride = 2 if pooling == "strided_convolution" else 1
            height, width = -(-height // stride), -(-width // stride)
            convolution = nn.Conv2d(channels, out, k, stride=stride, padding=k // 2)
            self.layer(convolution, [out, height, width], start and Add(start))
            channels = out
            if pooling in POOLINGS:
                self.steps.append(POOLINGS[pooling](2))
                height, width = height // 2, width // 2
        if self.settings.get("model.global_pooling"):
            self.steps.append(nn.AdaptiveAvgPool2d(1))
            height, width = 1, 1
        self.steps.append(Flatten())
        return height * width * channels

    def layer(self, weights, shape, addition=None):
        """Weights → norm (before) → addition → activation → norm (after)."""
        name, options = named(self.settings.get("model.norm", "none"))
        norm = NORMS[name](shape, **options)
        before = self.settings.get("model.norm_position") == "before_activation"
        name, options = named(self.settings["model.activation"])
        activation = ACTIVATIONS[name](**options)
        order = [norm, addition, activation] if before else [addition, activation, norm]
        order.insert(0, weights)
        order = [step for step in order if step is not None]
        self.steps.extend(order)
        self.layers.append([step for step in order if list(step.parameters())])

    def forward(self, x):
        """The logits, and what the activations and the pooling are given."""
        seen = []
        for step in self.steps:
            seen.append((step, x))
            x = step(x)
        return x, seen

    def tensors(self, pick=lambda parameter: parameter):
        """Names and tensors in tp-sweep's order and layout."""
        found = []
        for number, (weights, *others) in enumerate(self.layers, 1):
            name = f"layer{number}"
            layout = kernel if isinstance(weights, nn.Conv2d) else dense
            found.append((f"{name}.weight", layout(pick(weights.weight))))
            found.append((f"{name}.bias", pick(weights.bias)))
            for other in others:
                kind = "activation" if isinstance(other, PARAMETRIC) else "norm"
                for part, value in other.named_parameters():
                    flat = channels_last if value.dim() == 3 else lambda value: value
                    found.append((f"{name}.{kind}.{part}", flat(pick(value))))
        return [{"name": name} | tensor(value) for name, value in found]

    def fill(self, draws):
        """Parameters of moderate size; those of normalisation away from 1 and 0."""
        with torch.no_grad():
            for weights, *others in self.layers:
                fan_in = weights.weight[0].numel()
                weights.weight.copy_(draws.normal(*weights.weight.shape, std=fan_in**-0.5))
                weights.bias.copy_(draws.normal(*weights.bias.shape, std=0.2))
                for other in others:
                    for part, value in other.named_parameters():
                        mean = 1.0 if part == "weight" and not isinstance(other, PARAMETRIC) else 0.0
                        value.copy_(draws.normal(*value.shape, std=0.2, mean=mean))


def near_a_kink(seen):
    """Whether a small change of a number could change a derivative by a jump."""
    for step, x in seen:
        if isinstance(step, KINKED) and x.abs().min() < 1e-3:
            return True
        if isinstance(step, nn.MaxPool2d):
            windows = x.unfold(2, 2, 2).unfold(3, 2, 2).flatten(-2)
            first, second = windows.topk(2).values.unbind(-1)
            gap = first - second
            # Equal values come from equal, dead units, whose choice does not matter.
            if ((gap < 1e-3) & (gap > 0)).any():
                return True
    return False


def make_case(name, settings, image=IMAGE):
    cnn = settings["model.kind"] == "cnn"
    for seed in range(1000):
        draws = Draws([3, seed])
        shape = (image[2], *image[:2]) if cnn else (FEATURES,)
        inputs, labels = draws.normal(BATCH, *shape, decimals=2), draws.labels(BATCH, CLASSES)
        network = Network(settings, image)
        network.fill(draws)
        parameters = network.tensors()
        # In double precision, so that what differs is the rounding of tp-sweep alone: behind a
        # norm, float32 loses more digits of some gradients than the tests allow.
        network.double().train()
        logits, seen = network(inputs.double())
        if not near_a_kink(seen):
            break
    else:
        raise AssertionError(f"{name}: always near a kink")
    smoothing = settings.get("training.label_smoothing", 0.0)
    loss = nn.CrossEntropyLoss(label_smoothing=smoothing)(logits, labels)
    loss.backward()
    case = {
        "name": name, "settings": settings, "parameters": parameters,
        "inputs": tensor(inputs.permute(0, 2, 3, 1) if cnn else inputs),
        "labels": labels.tolist(), "logits": tensor(logits), "loss": number(loss.item()),
        "gradients": network.tensors(lambda parameter: parameter.grad),
    }
    if settings.get("model.norm") == "batch":
        case["running"] = [
            {
                "layer": f"layer{index}", "mean": tensor(norm.running_mean),
                "variance": tensor(norm.running_var),
            }
            for index, (_, *norms) in enumerate(network.layers, 1)
            for norm in norms
        ]
        network.eval()
        case["evaluation_logits"] = tensor(network(inputs.double())[0])
    return case


def make():
    mlp = {"model.kind": "mlp", "model.width": [5, 5]}
    cnn = {
        "model.kind": "cnn", "model.channels": [3, 4], "model.kernel_size": 3,
        "model.width": [3],
    }
    norms = {
        f"{norm}_norm_{position}": {"model.norm": norm, "model.norm_position": position}
        for norm in ("batch", "layer")
        for position in ("before_activation", "after_activation")
    }
    cases = [
        make_case(f"mlp_{activation}", mlp | {"model.activation": activation})
        for activation in ACTIVATIONS
    ]
    for activation in ("relu", "tanh"):
        for name, norm in norms.items():
            settings = mlp | {"model.activation": activation} | norm
            cases.append(make_case(f"mlp_{activation}_{name}", settings))
    group = {"model.activation": "tanh", "model.norm": {"group": {"groups": 2}}}
    group["model.norm_position"] = "before_activation"
    cases.append(make_case("mlp_group_norm", mlp | {"model.width": [10, 8]} | group))
    channels = {"model.channels": [4, 6], "model.width": [8], "model.pooling": "average"}
    cases.append(make_case("cnn_group_norm", cnn | channels | group))
    for smoothing in (0.1, 0.5):
        settings = mlp | {"model.activation": "tanh", "training.label_smoothing": smoothing}
        cases.append(make_case(f"mlp_tanh_label_smoothing_{smoothing}", settings))
    for pooling in ("max", "average", "none"):
        kind = cnn | {"model.pooling": pooling, "model.activation": "relu"}
        cases.append(make_case(f"cnn_{pooling}", kind))
        for name, norm in norms.items():
            # Without pooling only the first, since such networks have many parameters.
            if pooling != "none" or name == "batch_norm_before_activation":
                cases.append(make_case(f"cnn_{pooling}_{name}", kind | norm))
    strided = {"model.pooling": "strided_convolution", "model.activation": "relu"}
    for kernel_size in (3, 5):
        kind = cnn | strided | norms["batch_norm_before_activation"]
        kind["model.kernel_size"] = kernel_size
        cases.append(make_case(f"cnn_strided_kernel_{kernel_size}", kind))
    for kernel_size in (1, 3, 5):
        kind = cnn | strided | {"model.activation": "tanh", "model.kernel_size": kernel_size}
        cases.append(make_case(f"cnn_odd_strided_kernel_{kernel_size}", kind, ODD_IMAGE))
    kind = cnn | strided | {"model.activation": "tanh", "model.shortcut": "identity"}
    kind = kind | {"model.global_pooling": "average"}
    cases.append(make_case("cnn_odd_shortcut_strided_global_pooling", kind, ODD_IMAGE))
    kind = cnn | {"model.pooling": "max", "model.activation": "tanh"}
    cases.append(make_case("cnn_global_pooling", kind | {"model.global_pooling": "average"}))
    for pooling, name in (
        ("average", "batch_norm_before_activation"),
        ("strided_convolution", "batch_norm_after_activation"),
    ):
        kind = cnn | {"model.pooling": pooling, "model.activation": "tanh"} | norms[name]
        cases.append(make_case(f"cnn_shortcut_{pooling}", kind | {"model.shortcut": "identity"}))
    kind = cnn | {"model.pooling": "max", "model.activation": "tanh", "model.kernel_size": 5}
    cases.append(make_case("cnn_max_kernel_5", kind))
    return {"image": list(IMAGE)}, cases
