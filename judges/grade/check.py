"""Grades archives of `tp-sweep pack`: honest ones, and ones in which a single number of a result was edited and whose
manifest hides it. Every edit must be found, and no honest archive may be accused.

    python check.py BINARY FOLDER EDITS ARCHIVES
"""

import csv
import io
import json
import random
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import blake3

ROOT = Path(__file__).resolve().parent.parent.parent
SWEEP = """
name: small
data: { limit: 400 }
model: { norm: batch }
training: { epochs: 3, batch_size: 50, optimizer: adam }
validation: { folds: 2 }
grid: { model.width: [8, 16] }
"""
# Numbers that training does not determine: times, and how runs were grouped.
UNDETERMINED = {"seconds", "seconds_per_epoch", "workers", "cohort"}
# What is not read, or names the run.
UNREAD = {"config", "format", "identity", "trial"}


def run(*arguments, expected=(0,)):
    done = subprocess.run([binary, *map(str, arguments)], cwd=folder, capture_output=True, text=True)
    if done.returncode not in expected:
        sys.exit(f"FAILED: {arguments}: exit code {done.returncode}: {done.stdout[-2000:]} {done.stderr[-2000:]}")
    return done.stdout


def numbers(value, path=()):
    """The paths of all numbers of a result that training determines."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in UNDETERMINED | UNREAD:
                yield from numbers(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from numbers(inner, (*path, index))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path


def edited(number, chance):
    """Another number: a digit more or less, a last bit, a better score, a swap of sign."""
    if isinstance(number, int):
        return number + chance.choice([-1, 1, 10])
    options = [number * 1.01, number * 0.99, number + 1e-6, round(number, 3), number * (1 + 2**-51), -number, 0.999]
    options = [option for option in options if option != number]
    return chance.choice(options)


def edit(files, chance):
    """Edits one number in one result of the files of an archive; returns what was edited."""
    name = chance.choice(sorted(name for name in files if name.endswith("/result.json")))
    document = json.loads(files[name])
    path = chance.choice(list(numbers(document)))
    parent = document
    for key in path[:-1]:
        parent = parent[key]
    before = parent[path[-1]]
    parent[path[-1]] = edited(before, chance)
    files[name] = json.dumps(document, indent=2).encode()
    return name, path, before, parent[path[-1]]


def write(path, files):
    """An archive of these files, with a manifest that fits them."""
    root = next(iter(files)).split("/")[0]
    manifest = json.loads(files[f"{root}/pack.json"])
    for name in manifest["files"]:
        contents = files[f"{root}/{name}"]
        manifest["files"][name] = {"bytes": len(contents), "blake3": digest(contents)}
    files[f"{root}/pack.json"] = json.dumps(manifest).encode()
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for name, contents in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(contents)
            archive.addfile(member, io.BytesIO(contents))


def read(path):
    with tarfile.open(path) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}


def grades(name):
    with open(folder / name, newline="") as file:
        return {Path(row["archive"]).name: row for row in csv.DictReader(file)}


def honest(count):
    """Archives of axe5, which has 324 runs."""
    run(ROOT / "sweeps/axe5.yaml", "--device", "cpu", "--quiet", "--data", ROOT / "data")
    run("pack", ROOT / "sweeps/axe5.yaml", "--data", ROOT / "data")
    names = [f"student-{number}.tar.gz" for number in range(count)]
    for name in names:
        shutil.copy(folder / "axe5.tar.gz", folder / name)
    started = time.monotonic()
    run("grade", *names, "--output", "honest.csv", "--data", ROOT / "data")
    seconds = time.monotonic() - started
    rows = grades("honest.csv")
    accused = [name for name in names if rows[name]["verdict"] != "reproduced"]
    size = (folder / "axe5.tar.gz").stat().st_size
    print(f"{count} archives of axe5 ({size:,} bytes each) graded in {seconds:.1f} s: {len(accused)} accused")
    if accused:
        sys.exit(f"FAILED: {rows[accused[0]]}")


def edits(count):
    """Archives of a small sweep with one edited number each."""
    (folder / "small.yaml").write_text(SWEEP)
    run("small.yaml", "--device", "cpu", "--quiet", "--data", ROOT / "data")
    run("pack", "small.yaml", "--data", ROOT / "data")
    original = read(folder / "small.tar.gz")
    chance = random.Random(1)
    made = {}
    for number in range(count):
        files = dict(original)
        name = f"edit-{number}.tar.gz"
        made[name] = edit(files, chance)
        write(folder / name, files)
    started = time.monotonic()
    run("grade", *made, "--sample", "4", "--output", "edits.csv", "--data", ROOT / "data", expected=(1,))
    seconds = time.monotonic() - started
    rows = grades("edits.csv")
    missed = [(name, made[name]) for name in made if rows[name]["verdict"] != "differs, see above"]
    untouched = [name for name in made if rows[name]["files"] != "unchanged"]
    print(f"{count} edited numbers: {count - len(missed)} found, in {seconds:.1f} s")
    if missed or untouched:
        sys.exit(f"FAILED: missed {missed[:5]}; found by their hash: {untouched[:5]}")


def digest(contents):
    return blake3.blake3(contents).hexdigest()


binary, folder = sys.argv[1], Path(sys.argv[2])
honest(int(sys.argv[4]))
edits(int(sys.argv[3]))
