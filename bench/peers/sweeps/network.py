"""The network of a run, as the peers read it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """Hashable, so that it can name what was compiled for it."""

    # [height, width, channels]
    input_shape: tuple
    classes: int
    # Output channels of each block of convolution, norm, activation and pooling.
    channels: tuple
    kernel_size: int
    # Widths of the hidden layers.
    hidden: tuple
    activation: str
    batch_norm: bool
    dropout: float


def network_of(run):
    values = run["network"].items()
    return Network(**{key: tuple(v) if isinstance(v, list) else v for key, v in values})
