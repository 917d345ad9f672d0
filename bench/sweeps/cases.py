"""The sweeps that are measured."""

from dataclasses import dataclass

from sweeps import synthetic


@dataclass(frozen=True)
class Case:
    """A sweep, and the peers that can train it."""

    name: str
    # How the page calls it.
    label: str
    peers: tuple
    # A file under sweeps/, or None: then the sweep file and its data are generated.
    file: str | None = None

    def sweep_file(self, root, folder):
        """The path of the sweep file; `folder` takes what is generated."""
        return root / self.file if self.file else synthetic.write_sweep(folder)


CASES = [
    Case("axe3", "`sweeps/axe3.yaml`: optimizers", ("torch", "jax"), "sweeps/axe3.yaml"),
    Case(
        "axe5",
        "`sweeps/axe5.yaml`: a grid with 3 folds",
        ("torch", "jax", "sklearn"),
        "sweeps/axe5.yaml",
    ),
    Case(
        "axe6",
        "`sweeps/axe6.yaml`: batch norm and initial weights",
        ("torch", "jax"),
        "sweeps/axe6.yaml",
    ),
    Case("cifar10", "an MLP and a CNN on synthetic images", ("torch", "jax")),
]
