"""The limit of a cell (its roofline): the shortest step that this machine could do.

    limit = operations of the matrix products / speed of large matrix products
          + bytes that must be moved / bandwidth of the cache that holds them

Products and element-wise passes do not overlap here, as in all programs that are measured. The
bytes are a minimum: parameters, optimizer state and activations are read and written once in each
step, and the batch is read once. Gradients count nothing, because a program may apply them where
they arise.
"""

from space.work import work_of


def limit_seconds(cell, limits):
    """The shortest step of a cell; `limits` is what `machine_limits` measured."""
    work = work_of(cell)
    products = work.flop / (limits["gflops"] * 1e9)
    return products + work.bytes_moved / bandwidth_at(limits["bandwidths"], work.working_set_bytes)


def bandwidth_at(bandwidths, working_set_bytes):
    """Bytes per second for a working set: those of the smallest measured size that holds it.

    No larger size may be faster than a smaller one, which also removes the noise of single sizes.
    """
    fitting = [speed for size, speed in bandwidths if size >= working_set_bytes]
    return max(fitting) if fitting else max(bandwidths)[1]
