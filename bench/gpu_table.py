#!/usr/bin/env python3
"""Turns gpu.json of bench/gpu.sh into the GPU section of docs/benchmarks.md.

    bench/gpu_table.py [--page FILE] [gpu.json …]

Without a file it takes target/bench/gpu.json, else bench/gpu.json, which the repository keeps. With
several, later ones replace the stages that they ran: for a second call with STAGES=….
"""

import argparse
import json
from pathlib import Path

from markdown import bullets, paragraph, table, versions

HERE = Path(__file__).parent
FILES = (HERE.parent / "target" / "bench" / "gpu.json", HERE / "gpu.json")
PAGE = HERE.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- gpu: begin -->", "<!-- gpu: end -->"
TITLE = "## GPU\n\n    bench/gpu.sh"

LABELS = {
    "pytorch_preloaded": "PyTorch, eager",
    "pytorch_graph": "PyTorch, eager, an epoch as one CUDA graph",
    "pytorch_compile": "PyTorch, whole step by torch.compile",
    "torch_func": "PyTorch, torch.func",
    "torch_func_graph": "PyTorch, torch.func, an epoch as one CUDA graph",
    "torch_func_compile_graph": "PyTorch, torch.func, torch.compile, one CUDA graph",
    "jax_scan": "JAX, jit and scan",
    "jax_vmap": "JAX, vmap of the scan",
    "chorus_torch": "chorus-torch",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("files", type=Path, nargs="*")
    options = parser.parse_args()
    text = options.page.read_text()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    options.page.write_text(f"{before}{section(options.files)}{after}")


def section(files=()):
    """The marked region of the page."""
    found = list(files) or [path for path in FILES if path.exists()][:1]
    results = [json.loads(path.read_text()) for path in found]
    # A rehearsal without CUDA leaves a file too.
    results = results if files else [each for each in results if each["device"] == "cuda"]
    parts = list(content(merged(results))) if results else ["Not yet measured."]
    return "\n\n".join([BEGIN, TITLE, *parts, END])


def merged(results):
    """Later results replace the figures, failures and stages of the stages that they ran."""
    first, *others = results
    for other in others:
        ran = {stage["stage"] for stage in other["stages"]}
        for key in ("stages", "failures", "unavailable"):
            kept = [each for each in first[key] if each["stage"] not in ran]
            other = other | {key: kept + other[key]}
        first = first | other
    return first


def content(results):
    yield lead(results)
    for heading, part in (
        ("Losses next to the CPU's", agreement),
        ("Parity with PyTorch", parity),
        ("Throughput", throughput),
        ("Peak memory", memory),
        ("A whole sweep", full_sweep),
        ("Kernels of a step", step_profile),
    ):
        if found := part(results):
            yield f"### {heading}"
            yield found
    yield "### What failed or was not available"
    yield failures(results)


def lead(results):
    machine = results["machine"]
    where = machine.get("gpu") or f"the device `{results['device']}`, no GPU: a rehearsal"
    parts = [f"Measured on one {where}" if machine.get("gpu") else f"Measured on {where}"]
    if machine.get("gpu"):
        parts.append(f"driver {machine['driver']} (CUDA {machine['driver_cuda']})")
    if toolkit := results.get("cuda_toolkit"):
        parts.append(f"NVRTC {toolkit['nvrtc']}")
    return paragraph(f"{', '.join(parts)}; {results.get('tp_sweep_version', 'tp-sweep')}.")


def agreement(results):
    header = ["sweep", "options", "losses", "largest relative difference", "CPU", "device"]
    rows = [
        [
            f"`{entry['sweep']}`",
            " ".join(map(str, entry["options"])),
            str(len(entry["losses"])),
            f"{entry['worst']['relative_difference']:.1e}",
            f"{entry['worst']['cpu']:.6f}",
            f"{entry['worst']['device']:.6f}",
        ]
        for entry in results.get("agreement", [])
    ]
    return rows and table(header, rows)


def parity(results):
    header = ["row", "test accuracy, %", "PyTorch", "allowed", "train loss", "PyTorch", "within"]
    rows = [
        [
            f"`{entry['row']}`",
            entry["test_accuracy"]["tp_sweep"],
            entry["test_accuracy"]["pytorch"],
            entry["test_accuracy"]["allowed"],
            entry["train_loss"]["tp_sweep"],
            entry["train_loss"]["pytorch"],
            "yes" if entry["within"] else "**no**",
        ]
        for entry in results.get("parity", [])
    ]
    return rows and table(header, rows)


def throughput(results):
    own, peers = results.get("throughput", []), results.get("peers", [])
    if not own and not peers:
        return None
    own = sorted(own, key=lambda line: line["members"])
    peers = sorted(peers, key=lambda line: -line["model_epochs_per_second"])
    best = max((line["model_epochs_per_second"] for line in peers), default=None)
    header = ["program", "K", "model-epochs/s", "of the best peer", "GPU busy", "W"]
    header += ["J per model-epoch", "peak GPU memory, MiB"]
    rows = [row("**tp-sweep**", line, best) for line in own]
    rows += [
        row(LABELS[line["program"]] + (" (TF32)" if line["tf32"] else ""), line, best)
        for line in peers
    ]
    return f"{table(header, rows)}\n\n{bullets(throughput_notes(peers))}"


def row(label, line, best):
    usage, speed = line["gpu"] or {}, line["model_epochs_per_second"]
    return [
        label,
        str(line["members"]),
        f"{speed:.2f}",
        number(best and speed / best, "{:.2f}"),
        number(usage.get("busy_percent"), "{:.0f} %"),
        number(usage.get("watts"), "{:.0f}"),
        number(line.get("joules_per_model_epoch"), "{:.2f}"),
        number((usage.get("peak_memory_bytes") or 0) / 2**20 or None, "{:.0f}"),
    ]


def throughput_notes(peers):
    yield (
        "K models are trained as one program. TF32: the factors of matrix products are rounded to 10 "
        "bits after the point; everything else is float32."
    )
    yield (
        "GPU busy, watts and joules come from NVML: for tp-sweep between the end of the first epoch "
        "and the end of the last one, for peers over the whole program, start and compilation "
        "included. Memory is that of the whole GPU; JAX reserves most of it in advance."
    )
    if found := versions(peers):
        yield f"Versions: {found}."


def memory(results):
    header = ["model", "tp-sweep, MiB", "torch.cuda.max_memory_allocated, MiB"]
    rows = [
        [f"`{entry['model']}`", mebibytes(entry["tp_sweep_bytes"]), mebibytes(entry["torch_bytes"])]
        for entry in results.get("memory", [])
    ]
    return rows and table(header, rows)


def full_sweep(results):
    if not (found := results.get("full_sweep")):
        return None
    return paragraph(
        f"`{found['sweep']}`: {found['finished']} of {found['runs']} runs in "
        f"{found['seconds']:.0f} s, start and tables included."
    )


def step_profile(results):
    if not (found := results.get("step_profile")):
        return None
    total = sum(kernel["seconds"] for kernel in found["kernels"])
    rows = [
        [
            f"`{kernel['name'][:60]}`",
            str(kernel["calls"]),
            f"{1e6 * kernel['seconds']:.0f}",
            f"{100 * kernel['seconds'] / total:.0f} %",
        ]
        for kernel in sorted(found["kernels"], key=lambda kernel: -kernel["seconds"])[:12]
    ]
    text = f"By {found['tool']}, K = {found['members']}; the kernels that take most of the time:"
    return f"{text}\n\n{table(['kernel', 'calls', 'µs', 'share'], rows)}"


def failures(results):
    return bullets(failure_notes(results))


def failure_notes(results):
    causes = {}
    for entry in results["failures"]:
        cause = (entry["stage"], entry["kind"], summary(entry["message"]))
        causes.setdefault(cause, []).append(entry["item"])
    for (stage, kind, message), items in causes.items():
        named = "".join(f", {item}" for item in items if item)
        yield f"`{stage}`{named}: {kind}: {message}"
    for entry in results["unavailable"]:
        yield f"{name(entry)}: not available: {entry['reason']}"
    for reason in results.get("missing", []):
        yield f"missing: {reason}"
    if not (results["failures"] or results["unavailable"] or results.get("missing")):
        yield "Nothing."


def summary(message):
    """The line that names the cause: the last one of a traceback, else the first one."""
    lines = message.strip().splitlines() or ["no message"]
    exit_code = lines[0].split(":")[0]
    text = f"{exit_code}: {lines[-1]}" if "Traceback" in message else lines[0]
    return " ".join(text.split())[:300]


def name(entry):
    return f"`{entry['stage']}`" + (f", {entry['item']}" if entry["item"] else "")


def number(value, form):
    return "–" if value is None else form.format(value)


def mebibytes(value):
    return "not measured" if value is None else f"{value / 2**20:.1f}"


if __name__ == "__main__":
    main()
