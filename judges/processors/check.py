"""Grades results of other kinds of processors, which qemu emulates: AVX2 and SSE4.2.

    python check.py BINARY FOLDER

Every archive must be reproduced within the tolerance of the scores, although the numbers differ: a processor with other
vector units adds in another order. Prints the largest difference of each score. Skips a processor whose vector unit is
that of this machine.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
#: Processors as qemu names them, with their vector units.
PROCESSORS = {"Haswell": "AVX2", "Nehalem": "SSE4.2"}
#: Without AVX, emulated convolutions take minutes.
TOO_SLOW = {("images", "Nehalem")}
SWEEPS = {
    "dense": """
name: dense
data: { limit: 1000 }
training: { epochs: 1, learning_rate: 0.05 }
model: { layers: 2, width: 64 }
validation: { holdout: 0.2 }
grid: { training.optimizer: [sgd, adam] }
""",
    "images": """
name: images
data: { limit: 300 }
training: { epochs: 1, learning_rate: 0.05 }
model: { kind: cnn, channels: [8, 16], norm: batch }
validation: { holdout: 0.5 }
grid: { training.momentum: [0, 0.9] }
""",
}


def run(*command, folder):
    done = subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"FAILED: {command}: exit code {done.returncode}: {done.stdout[-2000:]} {done.stderr[-2000:]}")
    return done.stdout


def machine(folder, name):
    """The machine that trained a sweep."""
    return json.loads((folder / f"runs/{name}/sweep.json").read_text())["start"]["host"]


def scores(folder):
    """Every score of every run, by the path in its result.json."""
    found = {}
    for path in sorted(folder.glob("runs/*/*/*/result.json")):
        result = json.loads(path.read_text())["result"]
        for part in ("validation", "test"):
            for name, value in result[part].items():
                if isinstance(value, float):
                    found[path.relative_to(folder), part, name] = value
    return found


def main():
    binary, folder = Path(sys.argv[1]), Path(sys.argv[2])
    data = f"--data={ROOT / 'data'}"
    failures = []
    for name, sweep in SWEEPS.items():
        train = ["run", f"{name}.yaml", data, "--device=cpu", "--workers=2", "--quiet"]
        here = folder / "here" / name
        here.mkdir(parents=True)
        (here / f"{name}.yaml").write_text(sweep)
        run(binary, *train, folder=here)
        expected = scores(here)
        own_unit = machine(here, name)["vector_unit"]
        for processor, unit in PROCESSORS.items():
            if unit == own_unit or (name, processor) in TOO_SLOW:
                continue
            there = folder / processor / name
            there.mkdir(parents=True)
            (there / f"{name}.yaml").write_text(sweep)
            run("qemu-x86_64", "-cpu", processor, binary, *train, folder=there)
            recorded = machine(there, name)["vector_unit"]
            if recorded != unit:
                failures.append(f"{processor}: the recorded vector unit is {recorded}, not {unit}")
            run(binary, "pack", f"{name}.yaml", data, folder=there)
            done = subprocess.run(
                [str(binary), "grade", f"{name}.tar.gz", data, "--sample=9"], cwd=there, capture_output=True, text=True
            )
            if done.returncode != 0 or not re.search(r"within rounding +reproduced$", done.stdout, re.MULTILINE):
                failures.append(f"{processor}, {name}: {done.stdout}{done.stderr}")
            found = scores(there)
            if found.keys() != expected.keys():
                failures.append(f"{processor}, {name}: a different set of scores")
                continue
            if found == expected:
                failures.append(f"{processor}, {name}: the numbers are those of this processor")
            largest = {}
            for key, value in expected.items():
                largest[key[2]] = max(largest.get(key[2], 0), abs(value - found[key]))
            texts = [f"{score} {value:.1e}" for score, value in largest.items() if value > 0]
            print(f"{name}, {unit} and this processor: {', '.join(texts) or 'equal'}")
    for failure in failures:
        print(f"FAILED: {failure}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
