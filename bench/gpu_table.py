"""The page's table of what bench/gpu.sh measured."""

import json
from pathlib import Path

from markdown import bullets, table, versions

HERE = Path(__file__).parent
# The newest measurement first; the second is the one that the repository keeps.
FILES = (HERE.parent / "target" / "bench" / "gpu.json", HERE / "gpu.json")

LABELS = {
    "course_loop": "the course's loop",
    "pytorch_preloaded": "PyTorch, samples preloaded",
    "pytorch_graph": "PyTorch, an epoch as one CUDA graph",
    "pytorch_compile": "PyTorch, whole step by torch.compile",
    "torch_func": "PyTorch, torch.func",
    "torch_func_compile": "PyTorch, torch.func and torch.compile",
    "torch_func_graph": "PyTorch, torch.func, an epoch as one CUDA graph",
    "torch_func_compile_graph": "PyTorch, torch.func, torch.compile, one CUDA graph",
    "jax_scan": "JAX, jit and scan",
    "jax_vmap": "JAX, vmap of the scan",
}


def section():
    path = next((path for path in FILES if path.exists()), None)
    title = "## GPU\n\n    bench/gpu.sh"
    measured = json.loads(path.read_text()) if path else None
    # A try of the script without a GPU leaves a file too.
    if not measured or measured["device"] != "cuda":
        return f"{title}\n\nNot yet measured."
    header = ["program", "K", "model-epochs/s", "of the best peer", "GPU busy", "GPU memory, MiB"]
    lead = f"The same yardstick on one {measured['machine']['gpu']}, model-epochs per second:"
    return "\n\n".join([title, lead, table(header, rows(measured)), bullets(notes(measured))])


def rows(measured):
    # tp-sweep's products are in TF32 there, as all of burn's are: whichever peer is fastest counts,
    # those in TF32 too.
    best = max((line["model_epochs_per_second"] for line in measured["peers"]), default=None)
    own = sorted(measured["tp_sweep"], key=lambda line: line["members"])
    peers = sorted(measured["peers"], key=lambda line: -line["model_epochs_per_second"])
    return [row("**tp-sweep** (TF32)", line, best) for line in own] + [
        row(LABELS[line["program"]] + (" (TF32)" if line["tf32"] else ""), line, best)
        for line in peers
    ]


def row(label, line, best):
    speed, usage = line["model_epochs_per_second"], line["gpu"]
    return [
        label,
        str(line["members"]),
        f"{speed:.1f}",
        f"{speed / best:.2f}" if best else "–",
        f"{usage['busy_percent']:.0f} %" if usage else "–",
        f"{usage['memory_mib']:.0f}" if usage else "–",
    ]


def notes(measured):
    if smoke := measured["smoke"]:
        difference = smoke["largest_relative_difference"]
        yield (
            f"Correctness first: the {smoke['losses_compared']} final losses of "
            f"`{smoke['sweep']}` differ from the CPU's by {difference:.1e} of their value at most."
        )
    yield (
        "K models are trained as one. Where TF32 is said the factors of products are rounded to 10 "
        "bits behind the point; all else is full float32. GPU busy "
        "is the median of `nvidia-smi`'s samples above zero while the whole program ran, its start "
        "included; memory is the most seen on the whole GPU."
    )
    if failures := measured["failures"]:
        yield f"Failed, or left out for time: {', '.join(each['step'] for each in failures)}."
    yield f"Versions: {versions(measured['peers'])}; driver {measured['machine']['driver']}."
