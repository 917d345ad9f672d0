"""Builds exported models with PyTorch by the Python module, from model.json and model.safetensors alone, and holds
their logits against those that tp-sweep predicts.

    python check.py BINARY FOLDER

FOLDER is empty; what is trained and exported goes there. The sweeps are beside this file.
"""

import csv
import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy
import safetensors.torch
import torch

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "python"))
from tp_sweep import _torch  # noqa: E402
DATA = HERE.parent.parent / "data"
MNIST = DATA / "mnist"
# Images that logits are compared on.
SHOWN = 300
TOLERANCE = 1e-4

checked = 0


def check(condition, what):
    global checked
    checked += 1
    if not condition:
        sys.exit(f"FAILED: {what}")


def idx(name):
    """The array in a gzipped IDX file of bytes."""
    contents = gzip.open(MNIST / name).read()
    shape = [int.from_bytes(contents[4 + 4 * i : 8 + 4 * i], "big") for i in range(contents[3])]
    return numpy.frombuffer(contents, numpy.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def inputs(samples, description):
    """Samples ([n, features], or images [n, height, width, channels]) as the network takes them."""
    tensor = torch.from_numpy(samples.copy())
    return tensor.permute(0, 3, 1, 2) if "image" in description["input"] else tensor


def run_program(*arguments):
    command = [binary, *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    check(done.returncode == 0, f"{command}: {done.stderr}")
    return done.stdout


def trials_of(sweep):
    """Trains a sweep; its trials' names."""
    run_program("run", sweep, "--device", "cpu", "--quiet", "--data", DATA)
    runs = folder / "runs" / Path(sweep).stem
    return sorted(path.name for path in runs.iterdir() if path.is_dir())


def compare(sweep, name, input_path, samples, labels):
    """Exports a trial, and compares PyTorch's answers to `samples`, which are in `input_path`."""
    model = folder / "models" / f"{Path(sweep).stem}-{name}"
    run_program("export", sweep, "--trial", name, "--data", DATA)
    description = json.load(open(model / "model.json"))
    weights = safetensors.torch.load_file(model / "model.safetensors")
    kept = folder / "runs" / Path(sweep).stem / name / "fold-0" / "model.safetensors"
    same = safetensors.torch.load_file(kept)
    check(weights.keys() == same.keys(), f"{name}: tensors of the run")
    check(all(torch.equal(weights[key], same[key]) for key in weights), f"{name}: weights of the run")
    # Fails unless every tensor has its place, and every parameter and statistic its tensor.
    built = _torch.load(model)
    parameters = sum(parameter.numel() for parameter in built.parameters())
    check(parameters == description["run"]["parameters"], f"{name}: {parameters} parameters")
    rows = list(csv.DictReader(run_program("predict", model, input_path, "--logits").splitlines()))
    check(len(rows) == len(samples), f"{name}: {len(rows)} answers")
    classes = description["classes"]
    ours = numpy.array([[float(row[f"logit_{c}"]) for c in classes] for row in rows], numpy.float32)
    with torch.no_grad():
        theirs = built(inputs(samples[:SHOWN], description)).numpy()
    error = numpy.abs(ours[:SHOWN] - theirs).max()
    check(error < TOLERANCE, f"{name}: logits differ by {error}")
    check(theirs.std(axis=0).min() > 1e-3, f"{name}: it answers to its input")
    named = numpy.array([row["class"] for row in rows])
    check(all(named == numpy.array(classes)[ours.argmax(axis=1)]), f"{name}: classes")
    told = numpy.array([[float(row[f"p_{c}"]) for c in classes] for row in rows])
    softmax = torch.softmax(torch.from_numpy(ours), 1).numpy()
    check(numpy.abs(told - softmax).max() < 2e-6, f"{name}: probabilities")
    if labels is not None:
        accuracy = (named == labels.astype(str)).mean()
        recorded = description["run"]["test"]["accuracy"]
        check(abs(accuracy - recorded) < 1e-9, f"{name}: accuracy {accuracy}, recorded {recorded}")
    return error


def colour(images):
    """Digits in three channels that differ: as they are, mirrored, and turned."""
    return numpy.stack([images, images[:, :, ::-1], images.transpose(0, 2, 1) // 2], axis=3)


def main():
    images, labels = idx("t10k-images-idx3-ubyte.gz"), idx("t10k-labels-idx1-ubyte.gz")
    train, train_labels = idx("train-images-idx3-ubyte.gz"), idx("train-labels-idx1-ubyte.gz")
    (folder / "colour").mkdir()
    tested = colour(images[:500])
    numpy.save(folder / "colour/x_train.npy", colour(train[:400]))
    numpy.save(folder / "colour/y_train.npy", train_labels[:400])
    numpy.save(folder / "colour/x_test.npy", tested)
    numpy.save(folder / "colour/y_test.npy", labels[:500])
    # A row has the brightness of the image's rows, on scales that differ by far.
    rows = images.mean(axis=2)[:, 4:24] * numpy.logspace(-2, 3, 20)
    rows = rows.astype(numpy.float32)
    columns = [f"row{number}" for number in range(20)]
    with open(folder / "rows.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["digit", *columns])
        writer.writerows([label, *row] for label, row in zip(labels[:1000], rows[:1000].tolist()))
    with open(folder / "new.csv", "w", newline="") as file:
        # In another order: columns are known by their names.
        writer = csv.writer(file)
        writer.writerow(columns[::-1])
        writer.writerows(row[::-1] for row in rows[1000:1400].tolist())
    grey = MNIST / "t10k-images-idx3-ubyte.gz"
    for sweep, input_path, samples, truth in [
        ("mlp", grey, images[..., None], labels),
        ("cnn", grey, images[..., None], labels),
        ("colour", "colour/x_test.npy", tested, labels[:500]),
        ("rows", "new.csv", rows[1000:1400], None),
    ]:
        path = folder / f"{sweep}.yaml"
        path.write_text((HERE / path.name).read_text())
        errors = [compare(path.name, name, input_path, samples, truth) for name in trials_of(path.name)]
        print(f"{sweep}: {len(errors)} models, logits within {max(errors):.1e} of PyTorch's")
    print(f"{checked} passed, 0 failed")


binary, folder = sys.argv[1], Path(sys.argv[2])
main()
