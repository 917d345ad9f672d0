"""docs/benchmarks-sweeps.md from the results: measurements in, Markdown out."""

from markdown import bullets, counted, paragraph, table, versions
from process import DISTURBED_CORES
from sweeps import synthetic
from sweeps.agreement import TOLERANCE_POINTS, difference_points, disagreements
from sweeps.cases import CASES
from sweeps.programs import LABELS, TP_SWEEP


def write(results):
    """The whole page."""
    cases = [case for case in CASES if case.name in results["sweeps"]]
    parts = [introduction(results), "## Results", summary(cases, results)]
    parts += [result_table(cases, results), paragraph(COLUMNS), left_out(), method(cases, results)]
    return "\n\n".join(parts) + "\n"


COLUMNS = f"""
    Seconds are those of the whole process, from start to end. "Ratio" is the program's seconds
    divided by those of tp-sweep. "val acc %" is the mean validation accuracy after the last epoch,
    over all runs; "difference" is that from tp-sweep in percentage points, over the runs that the
    program trains with the same settings. ‡ marks a difference of more than {TOLERANCE_POINTS}
    points: that program did not do the same work."""


def introduction(results):
    machine, cores = results["machine"], counted(results["cores"], "core")
    command = """
        measures the time of whole sweeps, as a user waits for them, in tp-sweep and in scripts that
        train the same runs with other libraries, and writes this page. `bench/sweeps.sh --only
        axe5` measures one of them. The scripts (peers) are in
        [`bench/peers/sweeps`](../bench/peers/sweeps), each written as an experienced user would."""
    vectors = f" ({machine['vector_units']})" if machine["vector_units"] else ""
    where = f"""
        The machine: {machine["processor"]}{vectors}, {counted(machine["cores"], "core")},
        {machine["memory_gib"]} GiB, {machine["system"]}. Each program runs on {cores}. Machines
        differ and are shared. The ratios, measured in turn, are more reliable than the absolute
        numbers."""
    parts = ["# Benchmark of whole sweeps", "    bench/sweeps.sh"]
    return "\n\n".join([*parts, paragraph(command), paragraph(where)])


def summary(cases, results):
    """The fastest peer of each sweep."""
    notes = []
    for case in cases:
        programs = results["sweeps"][case.name]["programs"]
        peers = {name: programs[name]["seconds"] for name in case.peers if name in programs}
        if peers:
            best = min(peers, key=peers.get)
            ratio = peers[best] / programs[TP_SWEEP]["seconds"]
            verb = "shortest" if len(peers) > 1 else "only"
            notes.append(
                f"{case.label}: the {verb} time of a peer, {LABELS[best]}, is {ratio:.2f} times "
                "that of tp-sweep."
            )
    return bullets(notes) if notes else "No peer was measured."


def result_table(cases, results):
    header = ["sweep", "program", "runs", "seconds", "ratio", "val acc %", "difference", "peak MiB"]
    rows = [row for case in cases for row in rows_of(case, results["sweeps"][case.name])]
    return table(header, rows)


def rows_of(case, measured):
    reference = measured["programs"][TP_SWEEP]["seconds"]
    unlike = disagreements(measured)
    for name, program in measured["programs"].items():
        points = difference_points(measured, name)
        disturbed = program["busy_elsewhere"] > DISTURBED_CORES
        yield [
            case.name,
            LABELS[name],
            str(measured["runs"]),
            f"{program['seconds']:.1f}" + (" †" if disturbed else ""),
            f"{program['seconds'] / reference:.2f}",
            f"{100 * program['mean_accuracy']:.2f}",
            difference(name, points) + (" ‡" if name in unlike else ""),
            f"{program['peak_bytes'] / 2**20:.0f}",
        ]


def difference(name, points):
    return "–" if name == TP_SWEEP or points is None else f"{points:+.2f}"


def left_out():
    notes = [
        "tp-sweep, by default, writes for each run a result, the metrics of each epoch, TensorBoard "
        "events, the predicted classes of validation samples, a confusion matrix and gradient norms "
        "(in axe6 also histograms of weights and gradients); it keeps the weights of the best trial, "
        "writes checkpoints to resume from, measures time and memory of trials alone after all runs, "
        "and writes the report. All of this is in its seconds. With `record.events: none` it writes "
        "no TensorBoard events, and everything else.",
        "PyTorch and JAX print a line of JSON for each run: training loss, validation loss and "
        "validation accuracy of each epoch, loss and accuracy on the test set at the end. They have "
        "none of the rest: no TensorBoard events, training accuracy, gradient norms, histograms, "
        "confusion matrices, weights, checkpoints, separate measurements or report, and a sweep that "
        "stops starts again.",
        "scikit-learn prints the validation accuracy at the end of each run only: no validation in "
        "each epoch, and no test. It has no `step` or `cosine` schedule and no dropout: such trials "
        "train at a constant learning rate and without dropout. Its weight decay leaves out biases.",
    ]
    return f"## What each program does\n\n{bullets(notes)}"


def method(cases, results):
    measured = [results["sweeps"][case.name] for case in cases]
    notes = [
        f"{counted(results['rounds'], 'round')}; in each, all programs run in turn, in reverse order "
        "in every other one. Figures are medians over the rounds. The peak memory is sampled every "
        "half second over all processes of a program; pages that they share count once.",
        "The peers get the list of runs from tp-sweep's results: network, initial values, optimizer, "
        "schedule, batch, epochs and split of each run. Splits are stratified and equally large, "
        "but random numbers differ, and so do the samples of each split.",
        f"tp-sweep has {counted(results['cores'], 'worker')}. PyTorch and JAX have "
        f"{counted(results['cores'], 'process', 'processes')} with one thread each; the samples are "
        "loaded and normalised once, before the processes start. Runs are sorted by network, and the "
        "processes take them from both ends, so that JAX compiles few networks twice.",
        "PyTorch is eager, with the library's fused optimizers (RMSprop: foreach), and keeps images "
        "with the channels last. JAX scans over the batches of an epoch in one compiled program, "
        "which runs that differ in learning rate or weight decay share; with convolutions, whose "
        "gradients are slow in a scan, it calls a compiled step. Compiling is in its seconds.",
        "scikit-learn is `GridSearchCV` over `MLPClassifier` with "
        f"{counted(results['cores'], 'job')}, without a final fit, from PyTorch's initial values.",
    ]
    if any(case.file is None for case in cases):
        notes.append(
            "cifar10 stands for `sweeps/cifar10.yaml` without its download: "
            f"{synthetic.TRAINING_SAMPLES:,} training and {synthetic.TEST_SAMPLES:,} test images of "
            f"32 × 32 × 3, noise around one image per class, {synthetic.EPOCHS} epochs, each network "
            f"{synthetic.REPEATS} times, without augmentation. They are easy to classify."
        )
    if results["overrides"]:
        overrides = ", ".join(f"`{override}`" for override in results["overrides"])
        notes.append(f"Settings that differ from the sweep files: {overrides}.")
    notes += [
        f"{LABELS[name]} failed in {case.name}: {why.splitlines()[-1]}"
        for case, line in zip(cases, measured, strict=True)
        for name, why in line["failures"].items()
    ]
    programs = [program for line in measured for program in line["programs"].values()]
    busy = max(program["busy_elsewhere"] for program in programs)
    notes.append(
        f"Other programs kept at most {busy:.2f} cores busy (median over rounds, of the most "
        f"disturbed figure). † marks figures with more than {DISTURBED_CORES}."
    )
    notes.append(f"Versions: {results['tp_sweep']}, {versions(programs)}.")
    return f"## How it is measured\n\n{bullets(notes)}"
