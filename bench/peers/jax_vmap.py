"""JAX, K models as one: `vmap` of the `lax.scan` over the epoch's batches, parameters donated.

The models share each epoch's order of batches, as the trials of a grid do; that is the fastest
form, since images are gathered once for all. With 2 cores two processes, each pinned to a core.
"""

import jax

from jax_model import PACKAGES, epoch_of, initial_parameters, set_up, trainer
from measure import arguments, measure


def prepare(options):
    set_up(options)
    keys = jax.random.split(jax.random.key(0), options.members)
    parameters = jax.vmap(initial_parameters)(keys)
    stacked = jax.vmap(epoch_of, in_axes=(0, None, None, None, None))
    return trainer(jax.jit(stacked, donate_argnums=0), parameters)


if __name__ == "__main__":
    flags = [("--tf32", "TF32 matrix products")]
    options = arguments(__doc__, members=True, devices=("cpu", "cuda"), flags=flags)
    measure("jax_vmap", prepare, options, PACKAGES)
