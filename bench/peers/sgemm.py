"""PyTorch's float32 product of large square matrices: a second opinion on what a core can do.

One thread; with 2 cores two processes at once, each pinned to a core. Of the sizes the fastest
counts. An "epoch" is as many products as do the operations of one model-epoch, rounded up.
"""

import math
import time

import torch

from measure import arguments, print_line, run_together
from cores import distinct_cores
from pytorch_model import PACKAGES, set_up
from yardstick import FLOP_PER_EPOCH

SIZES = (1024, 3072)


def prepare(options):
    set_up(options)
    size = options.size
    a, b = torch.randn(size, size), torch.randn(size, size)
    out = torch.empty(size, size)
    products = math.ceil(FLOP_PER_EPOCH / (2 * size**3))

    def epoch():
        for _ in range(products):
            torch.mm(a, b, out=out)
        return 0

    return epoch


def flop_of_an_epoch(size):
    return math.ceil(FLOP_PER_EPOCH / (2 * size**3)) * 2 * size**3
