"""A library's float32 product of large square matrices: a second opinion on what a core can do.

PyTorch's products are MKL's, JAX's are XLA's. One thread; with 2 cores two processes at once, each
pinned to a core. Of the sizes the fastest counts. An "epoch" here is as many products as hold the
operations of one model-epoch, rounded up.
"""

import math
import statistics

from cores import distinct_cores
from measure import arguments, print_line, run_together
from yardstick import FLOP_PER_EPOCH

SIZES = (1024, 3072)


def products_of_an_epoch(size):
    return math.ceil(FLOP_PER_EPOCH / (2 * size**3))


def torch_product(size):
    import torch

    torch.set_num_threads(1)
    a, b, out = torch.randn(size, size), torch.randn(size, size), torch.empty(size, size)
    return lambda: torch.mm(a, b, out=out)


def jax_product(size):
    import jax
    import jax.numpy as jnp

    a, b = jax.random.normal(jax.random.key(0), (2, size, size))
    product = jax.jit(jnp.matmul)
    return lambda: product(a, b).block_until_ready()


def prepare(options):
    product = {"torch": torch_product, "jax": jax_product}[options.library](options.size)

    def epoch():
        for _ in range(products_of_an_epoch(options.size)):
            product()
        return 0.0

    return epoch


def main():
    options = arguments(__doc__, choices={"--library": ("torch", "jax")})
    groups = [{core} for core in distinct_cores(options.cores)]
    measured = []
    for options.size in SIZES:
        work = products_of_an_epoch(options.size) * 2 * options.size**3 / FLOP_PER_EPOCH
        results = run_together(prepare, options, groups)
        seconds = [[second / work for second in result["seconds"]] for result in results]
        speed = sum(1 / statistics.median(each) for each in seconds)
        measured.append((speed, options.size, sum(seconds, [])))
    speed, size, seconds = max(measured)
    program = f"sgemm_{options.library}"
    print_line(program, options, speed, seconds, None, [options.library], size=size)


if __name__ == "__main__":
    main()
