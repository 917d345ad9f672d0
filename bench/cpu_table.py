"""The page's table of model-epochs per second on the CPU, and what must be known to read it."""

import statistics

from markdown import bullets, counted, table, versions
from process import DISTURBED_CORES

GFLOP_PER_MODEL_EPOCH = 24.55


def section(results):
    counts = sorted({line["cores"] for line in results["measurements"]})
    columns = [Column(results, cores) for cores in counts]
    header = ["program"]
    for cores in counts:
        header += [counted(cores, "core"), "of the limit", "of the best peer"]
    rows = [
        [row_label(label, kind), *(cell for column in columns for cell in column.cells(name))]
        for name, (label, kind) in results["programs"].items()
        if any(name in column.speeds for column in columns)
    ]
    parts = ["## Training on the CPU", "Model-epochs per second:", table(header, rows)]
    return "\n\n".join([*parts, bullets(notes(results, columns))])


def row_label(label, kind):
    if kind == "limit":
        return f"matrix products: {label}"
    return f"**{label}**" if kind == "tp-sweep" else label


class Column:
    """What was measured on one number of cores."""

    def __init__(self, results, cores):
        self.cores = cores
        self.lines = {}
        for line in results["measurements"]:
            if line["cores"] == cores:
                self.lines.setdefault(line["program"], []).append(line)
        self.speeds = {
            name: statistics.median(line["model_epochs_per_second"] for line in lines)
            for name, lines in self.lines.items()
        }
        self.labels = {name: label for name, (label, _) in results["programs"].items()}
        self.kinds = {name: kind for name, (_, kind) in results["programs"].items()}
        self.limit = self.fastest("limit")
        self.best_peer = self.fastest("peer")

    def fastest(self, kind):
        names = [name for name in self.speeds if self.kinds[name] == kind]
        return max(names, key=self.speeds.get, default=None)

    def share(self, name):
        """Of the limit; None where none was measured."""
        return self.speeds[name] / self.speeds[self.limit] if self.limit else None

    def cells(self, name):
        """Speed, share of the limit, ratio to the best peer."""
        if name not in self.speeds:
            return ["–"] * 3
        members = self.lines[name][0].get("members") or 1
        speed = f"{self.speeds[name]:.2f}" + (f" (K = {members})" if members > 1 else "")
        speed += " ‡" if self.disturbed(name) else ""
        share = self.share(name)
        share = "–" if share is None else f"{100 * share:.0f} %" + (" †" if share > 1 else "")
        ratio = "–"
        if self.best_peer and self.kinds[name] != "limit":
            ratio = f"{self.speeds[name] / self.speeds[self.best_peer]:.2f}"
        return [speed, share, ratio]

    def disturbed(self, name):
        """Whether other programs took part of the machine in most of the rounds."""
        busy = statistics.median(line["busy_elsewhere"] for line in self.lines[name])
        return busy > DISTURBED_CORES

    def over_the_limit(self):
        return self.limit and any(self.share(name) > 1 for name in self.speeds)

    def note(self):
        """The limit and the best peer of this number of cores."""
        parts = []
        if self.limit:
            gflops = self.speeds[self.limit] * GFLOP_PER_MODEL_EPOCH
            parts.append(
                f"the limit is {gflops:.0f} GFLOP/s, measured with {self.labels[self.limit]}"
            )
        if self.best_peer:
            parts.append(f"the best peer is {self.labels[self.best_peer]}")
        return f"On {counted(self.cores, 'core')}, {'; '.join(parts)}." if parts else None

    def spreads(self):
        """Of each program: the fastest round less the slowest, as a share of the median."""
        for name, lines in self.lines.items():
            values = [line["model_epochs_per_second"] for line in lines]
            yield (max(values) - min(values)) / self.speeds[name], self.labels[name], self.cores


def notes(results, columns):
    measurements = results["measurements"]
    yield from (note for column in columns if (note := column.note()))
    if any(column.over_the_limit() for column in columns):
        yield (
            "† More than 100 %: the matrix products of the limit were slower than those of this "
            "training, or the machine's speed changed between the two. The limit is too low for "
            "this row."
        )
    if any(column.disturbed(name) for column in columns for name in column.speeds):
        yield (
            f"‡ Other programs kept more than {DISTURBED_CORES} cores busy meanwhile: the figure "
            "is too low, and the comparison is not fair."
        )
    yield (
        f"There are {results['rounds']} interleaved rounds. Each runs every program once, limited to "
        "the number of cores in the column. Each program trains one warm-up epoch and "
        f"{results['epochs']} timed epochs. Figures are medians of epochs, then of rounds."
    )
    yield (
        "On 2 cores, tp-sweep has two workers and each peer two processes at the same time; the "
        "course's loop has two threads of PyTorch."
    )
    yield (
        "The limit is the speed of large square float32 matrix products with the fastest library, "
        "in the same rounds."
    )
    if "AMD" in results["machine"]["processor"] and results["machine"]["vector_units"]:
        yield (
            "PyTorch computes matrix products with MKL, which does not use the AVX-512 units of AMD "
            "processors (see its row). On Intel processors, PyTorch has a higher limit."
        )
    yield from losses(measurements)
    yield from reliability(results, columns)
    yield f"Versions: {versions(measurements)}."


def losses(measurements):
    """That all have truly trained."""
    found = [
        line["final_loss"]
        for line in measurements
        if line.get("final_loss") is not None and line["program"] != "sklearn_grid"
    ]
    if found:
        yield (
            f"All end with about the same training loss, {min(found):.3f} to {max(found):.3f}, "
            "except scikit-learn, which starts from other weights."
        )


def reliability(results, columns):
    """How much the rounds differ, and what disturbed them."""
    spreads = [spread for column in columns for spread in column.spreads()]
    if results["rounds"] > 1 and spreads:
        middle = statistics.median(spread for spread, _, _ in spreads)
        worst, label, cores = max(spreads)
        yield (
            "A program's fastest and slowest rounds differ by "
            f"{100 * middle:.0f} % (median over programs), at most {100 * worst:.0f} % ({label}, on "
            f"{counted(cores, 'core')})."
        )
    busy = [line["busy_elsewhere"] for line in results["measurements"]]
    yield (
        f"Other programs kept {statistics.median(busy):.2f} cores busy (median), at "
        f"most {max(busy):.2f}."
    )
