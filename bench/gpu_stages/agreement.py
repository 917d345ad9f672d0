"""Final losses on the device next to those on the CPU."""

import tempfile

import process
import tp_sweep

# A sweep, and the options with which the device trains it.
COMPARISONS = (
    ("sweeps/smoke.yaml", ["--cohort", 1]),
    ("sweeps/smoke.yaml", ["--cohort", 8]),
    ("bench/cnn.yaml", ["--cohort", 1]),
    ("bench/cnn.yaml", ["--cohort", 8]),
)


def run(context):
    context.results["agreement"] = []
    on_cpu = {}
    for file, options in COMPARISONS:
        item = f"{file} {' '.join(map(str, options))}"
        context.attempt(item, lambda: compare(context, file, options, on_cpu))


def compare(context, file, options, on_cpu):
    context.require_device()
    if file not in on_cpu:
        on_cpu[file] = losses(context, file, [], "cpu")
    expected, found = on_cpu[file], losses(context, file, options, context.options.device)
    if not expected or expected.keys() != found.keys():
        raise process.Failed(f"{len(expected)} losses on the CPU, {len(found)} on the device")
    rows = [
        {
            "loss": name,
            "cpu": expected[name],
            "device": found[name],
            "relative_difference": abs(found[name] - expected[name]) / abs(expected[name]),
        }
        for name in expected
    ]
    worst = max(rows, key=lambda row: row["relative_difference"])
    context.record("agreement", {"sweep": file, "options": options, "worst": worst, "losses": rows})
    context.say(
        f"{file}, K = {options[-1]}: {len(rows)} losses, largest relative difference "
        f"{worst['relative_difference']:.1e} ({worst['loss']}: {worst['cpu']:.6f} on the CPU, "
        f"{worst['device']:.6f} on the device)"
    )


def losses(context, file, options, device):
    with tempfile.TemporaryDirectory(dir=context.work) as folder:
        context.sweep(file, folder, options, context.limit(60), device)
        return tp_sweep.final_losses(folder)
