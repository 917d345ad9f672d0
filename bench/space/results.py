"""The results of all cells in one file, which is written after each cell and read to resume."""

import json
from pathlib import Path

import process


class Results:
    """A JSON file of measured cells, by the settings that they were measured with."""

    def __init__(self, path, settings, fresh=False):
        self.path = Path(path)
        self.values = {"settings": settings, "machine": None, "limits": None, "cells": {}}
        if fresh or not self.path.exists():
            return
        found = json.loads(self.path.read_text())
        if differences(found, settings):
            raise SystemExit(
                f"{self.path.name} has results of other settings: {differences(found, settings)}. "
                "To discard them, add --fresh; to keep them, add --results with another file"
            )
        self.values = found | {"settings": settings}

    def has(self, cell, programs, build=None):
        """Whether these programs have been measured in this cell, or have failed.

        If `build` is given, the results of another build of tp-sweep do not count.
        """
        found = self.values["cells"].get(cell.name)
        if found is None or (build is not None and found.get("build") != build):
            return False
        return self.programs(cell) >= set(programs)

    def programs(self, cell):
        """The programs that were measured in this cell, or have failed."""
        found = self.values["cells"].get(cell.name, {"programs": {}, "failures": {}})
        return found["programs"].keys() | found["failures"].keys()

    def add(self, cell, measured, build):
        self.values["cells"][cell.name] = measured | {"build": build}
        self.write()

    def write(self):
        process.write_json(self.path, self.values)


def differences(found, settings):
    """As in: rounds 3 instead of 5."""
    before = found["settings"]
    return ", ".join(
        f"{key} {before.get(key)} instead of {value}"
        for key, value in settings.items()
        if before.get(key) != value
    )
