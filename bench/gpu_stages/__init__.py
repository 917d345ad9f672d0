"""The stages of bench/gpu.sh. Each has `run(context)`, which adds its figures to the results."""
