"""docs/benchmarks-space.md from the results: measurements in, Markdown out."""

import statistics
from collections import Counter

from markdown import bullets, counted, paragraph, table, versions
from process import DISTURBED_CORES
from space.cells import all_cells
from space.comparison import LOSS_TOLERANCE, comparison_of, unlike_losses
from space.peers import PEERS
from space.plan import COMPARED_EPOCHS

WORST = 10
# Short names for the columns of the tables.
PEER_NAMES = {"jax": "JAX", "torch_eager": "PyTorch", "torch_compile": "torch.compile"}


def write(results):
    """The whole page."""
    cells = [cell for cell in all_cells() if cell.name in results["cells"]]
    measured = [results["cells"][cell.name] for cell in cells]
    found = [comparison_of(*pair, results["limits"]) for pair in zip(cells, measured, strict=True)]
    compared = [comparison for comparison in found if comparison]
    parts = [introduction(results)]
    if compared:
        parts += [summary(compared), factors(compared)]
        parts.append(f"## All cells\n\n{cell_table(compared)}")
    parts += [limit(results["limits"]), method(results, cells, measured, compared)]
    return "\n\n".join(parts) + "\n"


def introduction(results):
    machine, cores = results["machine"], results["settings"]["cores"]
    command = f"""
        measures the time of one training step of {len(all_cells())} networks, the cells, in
        tp-sweep and in its peers, and writes this page. `bench/space.sh --only optimizer=adam`
        measures some of them, and the same command again continues where it stopped. The peers are
        in [`bench/peers/space`](../bench/peers/space), each written as an experienced user
        would."""
    networks = """
        The MLPs train on MNIST (784 inputs, 10 classes): every combination of optimizer (SGD, SGD
        with momentum 0.9, Adam, AdamW with weight decay 0.01, RMSprop), batch, width, number of
        hidden layers and variant (ReLU; with batch norm; with dropout 0.5; sigmoid instead of
        ReLU). The convolutional networks train on images of 32 × 32 × 3: those of
        `sweeps/cifar10.yaml` and `sweeps/cifar10-full.yaml`, and a plain one with three blocks.
        Everything is float32."""
    vectors = f" ({machine['vector_units']})" if machine["vector_units"] else ""
    where = f"""
        The machine: {machine["processor"]}{vectors}, {machine["cores"]} cores,
        {machine["memory_gib"]} GiB, {machine["system"]}. Each program runs on
        {counted(cores, "core")}. Machines differ and are shared. The ratios, measured in turn, are
        more reliable than the absolute numbers."""
    title = "# Benchmark of a space of networks"
    return "\n\n".join(
        [title, "    bench/space.sh", *map(paragraph, (command, networks, where))]
    )


def summary(compared):
    ratios = [each.ratio for each in compared]
    faster = sum(ratio >= 1 for ratio in ratios)
    epoch_ratio = statistics.median(each.epoch_ratio for each in compared)
    share = statistics.median(each.share_of_limit for each in compared)
    notes = [
        f"{counted(len(compared), 'cell')} of {len(all_cells())} measured.",
        f"tp-sweep is at least as fast as the best peer in {faster} of {len(compared)}.",
        f"Its median speed is {statistics.median(ratios):.2f} times that of the best peer (from "
        f"{min(ratios):.2f} to {max(ratios):.2f}); by the duration of whole epochs, "
        f"{epoch_ratio:.2f} times.",
        f"Its median speed is {100 * share:.0f} % of the limit.",
    ]
    if disturbed := sum(each.is_disturbed for each in compared):
        notes.append(
            f"‡ In {counted(disturbed, 'cell')}, other programs kept more than {DISTURBED_CORES} "
            "cores busy meanwhile: these figures are not reliable."
        )
    worst = sorted(compared, key=lambda each: each.ratio)[:WORST]
    heading = "The cell" if len(worst) == 1 else f"The {len(worst)} cells"
    lead = f"{heading} with the lowest ratio to the best peer:"
    return "\n\n".join(["## Summary", bullets(notes), lead, cell_table(worst)])


def factors(compared):
    """The median of each level of each factor, over all others."""
    rows = []
    for factor in compared[0].cell.factors:
        levels = dict.fromkeys(each.cell.factors[factor] for each in compared)
        for level in levels:
            group = [each for each in compared if each.cell.factors[factor] == level]
            rows.append(
                [
                    f"{factor} {level}",
                    str(len(group)),
                    str(sum(each.ratio >= 1 for each in group)),
                    f"{statistics.median(each.ratio for each in group):.2f}",
                    f"{100 * statistics.median(each.share_of_limit for each in group):.0f} %",
                ]
            )
    header = ["level", "cells", "ratio of at least 1", "median ratio", "median of the limit"]
    return f"## By factor\n\n{table(header, rows)}"


def cell_table(compared):
    header = ["network", "batch", "width", "layers", "variant", "optimizer"]
    header += ["µs", "GFLOP/s", "best peer", "its µs", "ratio", "of the limit"]
    return table(header, [row(each) for each in compared])


def row(each):
    return [
        *each.cell.factors.values(),
        f"{each.step_seconds * 1e6:.1f}",
        f"{each.gflops:.1f}",
        PEER_NAMES[each.best_peer],
        f"{each.peer_seconds * 1e6:.1f}",
        f"{each.ratio:.2f}" + (" ‡" if each.is_disturbed else ""),
        f"{100 * each.share_of_limit:.0f} %" + (" †" if each.share_of_limit > 1 else ""),
    ]


def limit(limits):
    formula = """
        The limit is the shortest step that one core of this machine could do. Products and passes
        over memory do not overlap in it, as in all programs here."""
    lines = """\
    limit = operations of the matrix products / speed of large matrix products
          + bytes moved / bandwidth of the working set
    operations = 2 · batch · (3 · Σ multiplications of a layer − those of the first layer)
    bytes moved = 4 · (2 · (parameters · (1 + state) + batch · activations) + batch · inputs)
    working set = 4 · (parameters · (1 + state) + batch · activations + batch · inputs)"""
    others = ", ".join(f"{name} {speed:.0f}" for name, speed in limits["libraries"].items())
    caches = ", ".join(f"{name} {size_of(size)}" for name, size in limits["caches"].items())
    notes = [
        "Products: the forward pass, and the gradients of weights and of all layers' inputs but "
        "the samples. Convolutions count as products, the borders included.",
        "Bytes: in each step, parameters, optimizer state (0 values per parameter for SGD, 1 for "
        "momentum and RMSprop, 2 for Adam and AdamW) and activations are read and written once, "
        "and the batch is read once. The activations are the outputs of dense layers and of blocks, "
        "after pooling. This is a minimum: gradients, the values that dropout and batch norm keep, "
        "and the patches of a convolution count nothing.",
        f"The speed of products is {limits['gflops']:.0f} GFLOP/s, that of the fastest library on "
        f"large square matrices (GFLOP/s: {others}).",
        "The bandwidth is that of `y += a · x` on the smallest measured working set that holds the "
        f"cell's, and so of the smallest cache that holds it ({caches}).",
        "More than 100 % (†) means that the measured speed of products or memory was too low, or "
        "that the machine's speed changed between the two.",
    ]
    rows = [[size_of(size), f"{speed / 1e9:.1f}"] for size, speed in limits["bandwidths"]]
    return "\n\n".join(
        [
            "## The limit",
            paragraph(formula),
            lines,
            bullets(notes),
            table(["working set", "GB/s"], rows),
        ]
    )


def size_of(size):
    return f"{size // 2**20} MiB" if size >= 2**20 else f"{size // 2**10} KiB"


def method(results, cells, measured, compared):
    settings = results["settings"]
    labels = "; ".join(label for label, _ in PEERS.values())
    notes = [
        f"Peers: {labels}. PyTorch, eager, has fused optimizers (RMSprop: foreach); torch.compile "
        "compiles the whole step, with the optimizer and the gather of the batch. Both keep images "
        "with the channels last. JAX scans over all steps in one compiled program; with "
        "convolutions, whose gradients are slow in a scan, it calls a compiled step.",
        f"Each cell is measured in {counted(settings['rounds'], 'round')}. In each, all programs are "
        "measured in turn. Figures are medians over the rounds.",
        "tp-sweep: its binary trains a sweep of one trial in each round. The time of a step is "
        "that of `profile.json`, a mean over rounds of the median of single steps. The median ratio by "
        "whole epochs uses `epochs.csv` instead, which includes drawing the order of samples and "
        "everything else between steps.",
        "Peers: each round calls the compiled program, or the loop, for at least "
        f"{settings['seconds']} s, and takes the median over calls of the duration of a call "
        "divided by its steps. Compiling and drawing the order of samples are outside of the clock.",
        "All train on the same samples, at most 64 batches, so that these are in the same caches.",
    ]
    if settings["cores"] > 1:
        notes.append(
            f"Each program runs as {settings['cores']} processes at the same time, each on its own "
            "core. The time of a step is their mean."
        )
    notes += [*losses(cells, measured), *failures(cells, measured)]
    if compared:
        busy = [each.busy_elsewhere for each in compared]
        notes.append(
            f"Other programs kept {statistics.median(busy):.2f} cores busy (median over cells, of "
            f"the most disturbed program of each), at most {max(busy):.2f}."
        )
    programs = [program for cell in measured for program in cell["programs"].values()]
    version = [settings["tp_sweep"]] if settings["tp_sweep"] else []
    notes.append(f"Versions: {', '.join([*version, versions(programs)])}.")
    builds = Counter(cell["build"] for cell in measured if cell.get("build"))
    if len(builds) > 1:
        counts = ", ".join(
            f"{counted(count, 'cell')} with {build}" for build, count in builds.most_common()
        )
        notes.append("The cells were measured with several builds of tp-sweep, identified by a hash of the "
            f"binary: {counts}.")
    return f"## How it is measured\n\n{bullets(notes)}"


def losses(cells, measured):
    """That all have truly trained the same."""
    unlike = [
        f"`{cell.name}` ({', '.join(names)})"
        for cell, line in zip(cells, measured, strict=True)
        if (names := unlike_losses(line))
    ]
    yield (
        f"After {COMPARED_EPOCHS} epochs, the training loss of every program has fallen, and is "
        f"within {100 * LOSS_TOLERANCE:.0f} % of the median program"
        + (f", except in {', '.join(unlike)}." if unlike else ".")
    )


def failures(cells, measured):
    for cell, line in zip(cells, measured, strict=True):
        for name, why in line["failures"].items():
            # The end of a traceback is its message.
            yield f"{name} failed in `{cell.name}`: {why.splitlines()[-1]}"
