"""docs/benchmarks.md from the measurements: measurements in, Markdown out."""

from pathlib import Path

import cpu_table
import gpu_table
from markdown import paragraph, table

# What other commands measure is written by hand.
BY_HAND = Path(__file__).parent / "other.md"


def write(results):
    """The whole page."""
    sections = [introduction(results["machine"]), cpu_table.section(results)]
    if results["sweeps"]:
        sections.append(whole_sweep(results["sweeps"]))
    sections += [gpu_table.section(), BY_HAND.read_text().strip()]
    return "\n\n".join(sections) + "\n"


def introduction(machine):
    vectors = f" ({machine['vector_units']})" if machine["vector_units"] else ""
    yardstick = f"""
        The yardstick is one model-epoch: an MLP 784-128-10 with ReLU, batches of 64 in random
        order, plain SGD at 0.01, float32, all 60,000 training samples of MNIST;
        {cpu_table.GFLOP_PER_MODEL_EPOCH} GFLOP of matrix products (forward, and the gradients of
        weights and of the hidden layer). K models that are trained as one count as K."""
    where = f"""
        The machine: {machine["processor"]}{vectors}, {machine["cores"]} cores,
        {machine["memory_gib"]} GiB, {machine["system"]}. Machines differ and are shared: the
        ratios, measured side by side in one run, say more than the numbers."""
    command = """
        makes the environment of the peers, builds, measures tp-sweep beside them and writes this
        page, but for the GPU, which has a command of its own, and for the last section. The peers
        are in [`bench/peers`](../bench/peers), each as its good user would write it."""
    parts = ["# Benchmarks", "    bench/run.sh", *map(paragraph, (command, yardstick, where))]
    return "\n\n".join(parts)


def whole_sweep(sweeps):
    """A cold process beside its training steps."""
    middle = sorted(sweeps, key=lambda sweep: sweep["whole_process_seconds"])[len(sweeps) // 2]
    whole, training = middle["whole_process_seconds"], middle["training_seconds"]
    header = ["sweep", "runs", "whole process, s", "training steps, s", "the rest, s", "peak MiB"]
    cells = [
        f"`{middle['sweep']}`",
        str(middle["runs"]),
        f"{whole:.1f}",
        f"{training:.1f}",
        f"{whole - training:.1f}",
        f"{middle['peak_bytes'] / 2**20:.0f}",
    ]
    lead = f"""
        A whole process on the CPU with {middle["workers"]} workers, from its start to its end; the
        middle of {len(sweeps)} such runs:"""
    meaning = """
        Training steps are the seconds of all epochs of all runs, divided by the workers. The rest
        is start-up, data, scores on validation and test samples, files, the measurement of each
        trial alone, and the tables. The peak is resident memory of the whole process."""
    parts = ["## A whole sweep", paragraph(lead), table(header, [cells]), paragraph(meaning)]
    return "\n\n".join(parts)
