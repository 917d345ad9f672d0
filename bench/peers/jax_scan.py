"""JAX, one model: `jit` of a `lax.scan` over the epoch's batches, parameters donated.

With 2 cores two processes, each pinned to a core.
"""

import jax

from jax_model import PACKAGES, epoch_of, initial_parameters, set_up, trainer
from measure import arguments, measure


def prepare(options):
    set_up(options)
    parameters = initial_parameters(jax.random.key(0))
    return trainer(jax.jit(epoch_of, donate_argnums=0), parameters)


if __name__ == "__main__":
    flags = [("--tf32", "TF32 matrix products")]
    options = arguments(__doc__, devices=("cpu", "cuda"), flags=flags)
    measure("jax_scan", prepare, options, PACKAGES)
