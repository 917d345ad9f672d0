"""Does tp-sweep train on the device at all, and how long does its first step wait for kernels?"""

import tempfile

import process
import tp_sweep

from . import kernel_cache

SWEEP = "sweeps/smoke.yaml"
SMALL = ["--set", "training.epochs=1", "--set", "data.limit=500"]


def run(context):
    try:
        first = train(context)
    except process.TimedOut:
        # Perhaps it only compiled its kernels for too long: the other stages try again.
        raise
    except process.Failed:
        context.device_fails = True
        raise
    context.record("device_check", {"sweep": SWEEP, "first_seconds": first["seconds"]})
    context.say(f"the first sweep took {first['seconds']:.1f} s")
    if not context.on_cuda:
        return
    # From the cache: the same results, or the cache is not used.
    try:
        second = train(context)
        if second["losses"] != first["losses"]:
            raise process.Failed("the losses differ with cached kernels")
    except process.Failed as error:
        kernel_cache.disable(context.work)
        raise process.Failed(f"kernel cache, now disabled: {error}") from error
    cached = {"second_seconds": second["seconds"], "kernels": kernel_cache.kernels(context.work)}
    context.record("device_check", context.results["device_check"] | cached)
    context.say(f"again with {cached['kernels']} cached kernels: {second['seconds']:.1f} s")


def train(context):
    with tempfile.TemporaryDirectory(dir=context.work) as folder:
        finished = context.sweep(SWEEP, folder, SMALL, context.limit(60))
        losses = tp_sweep.final_losses(folder)
    if not losses:
        raise process.Failed("the sweep left no results")
    return {"seconds": finished.seconds, "losses": losses}
