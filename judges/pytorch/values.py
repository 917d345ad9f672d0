"""Numbers and tensors as the JSON files hold them, and the layouts of tp-sweep."""

import json

import numpy
import torch


def number(value):
    """A float32 as the shortest decimal that gives the same float32 again."""
    return float(str(numpy.float32(value)))


def tensor(value):
    """Shape and values, the last dimension fastest."""
    value = value.detach()
    return {"shape": list(value.shape), "values": [number(v) for v in value.flatten().tolist()]}


def dense(weight):
    """PyTorch's [outputs, inputs] as [inputs, outputs]."""
    return weight.t().contiguous()


def kernel(weight):
    """PyTorch's [outputs, inputs, y, x] as [y·x·inputs, outputs]."""
    return weight.permute(2, 3, 1, 0).reshape(-1, weight.shape[0])


def channels_last(value):
    """PyTorch's [channels, height, width] as a vector in the order height, width, channels."""
    return value.permute(1, 2, 0).reshape(-1)


class Draws:
    """Fixed pseudo-random numbers with few decimals, so that the files stay short."""

    def __init__(self, seed):
        self.random = numpy.random.default_rng(seed)

    def normal(self, *shape, std=1.0, mean=0.0, decimals=3):
        return self._rounded(mean + std * self.random.standard_normal(shape), decimals)

    def uniform(self, *shape):
        """In [0, 1)."""
        return self._rounded(numpy.floor(1000 * self.random.random(shape)) / 1000, 3)

    def labels(self, count, classes):
        """Class numbers, each class in turn, in random order."""
        return torch.tensor(self.random.permutation([i % classes for i in range(count)]))

    @staticmethod
    def _rounded(values, decimals):
        return torch.tensor(numpy.round(values, decimals).astype(numpy.float32))


def write(path, facts, cases):
    """One JSON object: the facts, then `cases`, one on each line."""
    compact = lambda value: json.dumps(value, separators=(",", ":"), allow_nan=False)
    lines = [f"{json.dumps(key)}:{compact(value)},\n" for key, value in facts.items()]
    text = "{" + "".join(lines) + '"cases":[\n' + ",\n".join(map(compact, cases)) + "\n]}\n"
    path.write_text(text)
    print(f"{path.name}: {len(cases)} cases, {len(text) / 1000:.0f} kB")
