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
    unit = f"""
        The unit is the model-epoch: one epoch of an MLP 784-128-10 with ReLU, batches of 64 in
        random order, plain SGD at 0.01, float32, on all 60,000 training samples of MNIST. It needs
        {cpu_table.GFLOP_PER_MODEL_EPOCH} GFLOP of matrix products (forward, and the gradients of
        weights and of the hidden layer). K models that are trained together count as K."""
    where = f"""
        The machine: {machine["processor"]}{vectors}, {machine["cores"]} cores,
        {machine["memory_gib"]} GiB, {machine["system"]}. Machines differ and are shared. The
        ratios, measured in one run, are more reliable than the absolute numbers."""
    command = """
        builds tp-sweep, installs the other programs, measures all of them and writes this page,
        except for the GPU section, which has a separate command, and the last section. The programs
        that tp-sweep is compared with (peers) are in [`bench/peers`](../bench/peers), each written
        as an experienced user would."""
    parts = ["# Benchmarks", "    bench/run.sh", *map(paragraph, (command, unit, where))]
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
        A whole process on the CPU with {middle["workers"]} workers, from start to end; the median
        of {len(sweeps)} runs:"""
    meaning = """
        Training steps are the seconds of all epochs of all runs, divided by the workers. The rest
        is start-up, data, scores on validation and test samples, files, the separate measurement of
        each trial, and the tables. The peak is the resident memory of the whole process."""
    parts = ["## A whole sweep", paragraph(lead), table(header, [cells]), paragraph(meaning)]
    return "\n\n".join(parts)
