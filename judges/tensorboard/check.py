"""Reads the records of sweeps as TensorBoard and pandas read them.

    python check.py FOLDER [PLUGIN...]

FOLDER has runs/SWEEP, as tp-sweep writes them, and may have reports/SWEEP.csv. What TensorBoard
serves is held against epochs.csv, result.json and sweep.json, and what must hold of any histogram,
graph or curve is checked. Where FOLDER has values/SWEEP/TRIAL/RUN.json, the numbers themselves,
numpy computes what PyTorch would have written, and that is what must be served.

PLUGINs are those that must have data: all of them, unless some are named.
"""

import csv
import io
import json
import math
import re
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import jsonschema
import numpy
import pandas
import PIL.Image
import yaml
from google.protobuf import text_format
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.graph_pb2 import GraphDef

PLUGINS = ["scalars", "text", "hparams", "histograms", "distributions", "graphs", "images", "pr_curves",
           "custom_scalars"]
COLUMNS = {
    "Loss/train": "train_loss",
    "Loss/val": "val_loss",
    "Accuracy/train": "train_accuracy",
    "Accuracy/val": "val_accuracy",
    "LearningRate": "learning_rate",
    "Metrics/epoch_seconds": "seconds",
}
# The scores with groups of their own.
GROUPS = {"loss": "Loss", "accuracy": "Accuracy"}
checked = 0


def check(condition, what):
    global checked
    checked += 1
    if not condition:
        sys.exit(f"FAILED: {what}")


def close(a, b, tolerance=1e-6):
    return math.isclose(a, b, rel_tol=tolerance, abs_tol=1e-9)


def all_close(a, b):
    a, b = numpy.asarray(a, dtype=float), numpy.asarray(b, dtype=float)
    return a.shape == b.shape and numpy.allclose(a, b, rtol=1e-6, atol=1e-30)


class Run:
    """A run's folder, with what tp-sweep's own files say of it."""

    def __init__(self, runs, folder):
        self.folder = folder
        self.name = folder.relative_to(runs).as_posix()
        self.group = folder.parent.relative_to(runs).as_posix()
        self.rows = list(csv.DictReader(open(folder / "epochs.csv")))
        self.result = json.load(open(folder / "result.json"))["result"]
        self.finished = self.result["failure"] is None
        self.epochs = [int(row["epoch"]) for row in self.rows]

    def expected_of_epochs(self):
        """Each scalar's steps and values."""
        scalars = {}
        columns = self.rows[0].keys() if self.rows else []
        norms = [column for column in columns if column.startswith("gradient_norm_")]
        norms = {column.replace("gradient_norm_", "GradientNorm/"): column for column in norms}
        monitored = [column for column in columns if column.startswith("val_")]
        monitored = {f"Metrics/{column}": column for column in monitored if column not in COLUMNS.values()}
        for tag, column in (COLUMNS | monitored | norms).items():
            points = [(int(row["epoch"]), float(row[column])) for row in self.rows if row[column]]
            if points:
                scalars[tag] = points
        return scalars

    def expected(self):
        """The points of each tag, and the final scores."""
        columns = self.rows[0].keys() if self.rows else []
        scalars = self.expected_of_epochs()
        if self.finished:
            for part, name in [("validation", "val"), ("test", "test")]:
                for key, value in (self.result[part] or {}).items():
                    # Those of epochs.csv have a point for each epoch.
                    if f"{name}_{key}" not in columns:
                        group = GROUPS.get(key)
                        tag = f"{group}/{name}" if group else f"Metrics/{name}_{key}"
                        scalars[tag] = [(self.result["final_epoch"], value)]
        return scalars

    def check_scalars(self, tags, read, reader):
        expected = self.expected()
        # Layers have scalars of their own where values are not finite.
        tags = {tag for tag in tags if not tag.startswith("NotFinite/")}
        check(set(expected) == tags, f"{reader}: scalars of {self.name}: {sorted(tags)}")
        for tag, points in expected.items():
            served = read(tag)
            check(len(served) == len(points), f"{reader}: number of points of {tag} of {self.name}")
            for (step, value), (own_step, own) in zip(served, points):
                check(step == own_step, f"{reader}: steps of {tag} of {self.name}")
                check(close(value, own), f"{reader}: {tag} of {self.name}: {value}, not {own}")


class Sweeps:
    """All that lies below a runs folder."""

    def __init__(self, folder):
        self.root = folder / "runs"
        self.values = folder / "values"
        self.runs = [Run(self.root, path.parent) for path in sorted(self.root.rglob("result.json"))]
        asked = sum(json.load(open(path))["runs"] for path in self.root.glob("*/sweep.json"))
        check(len(self.runs) == asked > 0, f"{asked} runs, found {len(self.runs)}")
        self.groups = {}
        for run in self.runs:
            self.groups.setdefault(run.group, []).append(run)
        self.scored = [path.parent.as_posix() for path in self.relative("cv")]
        self.best = [path.as_posix() for path in self.relative("best")]

    def relative(self, name):
        return [path.relative_to(self.root) for path in sorted(self.root.glob(f"*/*/{name}"))]

    def known_values(self, name):
        path = self.values / f"{name}.json"
        return json.load(open(path)) if path.exists() else None


def event_accumulators(sweeps):
    """Every run folder by itself, with TensorBoard's own loader."""
    for run in sweeps.runs:
        accumulator = EventAccumulator(str(run.folder))
        accumulator.Reload()
        read = lambda tag: [(event.step, event.value) for event in accumulator.Scalars(tag)]
        run.check_scalars(accumulator.Tags()["scalars"], read, "the accumulator")
        for tag in accumulator.Tags()["histograms"]:
            for event in accumulator.Histograms(tag):
                histogram = event.histogram_value
                what = f"{tag} of {run.name}"
                check(histogram.num == sum(histogram.bucket), f"number of values in {what}")
                check(histogram.sum**2 <= histogram.num * histogram.sum_squares * (1 + 1e-9), f"sums of {what}")
                check(set(histogram.bucket_limit) <= set(EDGES), f"edges of {what}")
    for group in sweeps.scored:
        accumulator = EventAccumulator(str(sweeps.root / group / "cv"))
        accumulator.Reload()
        own = [run.result["validation"] for run in sweeps.groups[group]]
        scores = set.intersection(*(set(result) for result in own))
        check({"accuracy", "loss"} <= scores, f"scores of {group}")
        for metric in scores:
            folds = [event.value for event in accumulator.Scalars(f"CV/val_{metric}")]
            check(all_close(folds, [result[metric] for result in own]), f"folds of {group}")
            mean = accumulator.Scalars(f"CV/val_{metric}_mean")[0].value
            deviation = accumulator.Scalars(f"CV/val_{metric}_sd")[0].value
            check(close(mean, pandas.Series(folds).mean()), f"mean of {group}")
            check(abs(deviation - pandas.Series(folds).std(ddof=1)) < 1e-6, f"deviation of {group}")
        read = lambda tag: [(event.step, event.value) for event in accumulator.Scalars(tag)]
        check_mean_curves(sweeps, group, accumulator.Tags()["scalars"], read, "the accumulator")


def mean_curves(runs):
    """The mean of each metric of the runs and the edges of its band, where two runs or more are left."""
    curves = {}
    of_epochs = {run.name: run.expected_of_epochs() for run in runs}
    for tag in sorted({tag for tags in of_epochs.values() for tag in tags}):
        if tag in ["LearningRate", "Metrics/epoch_seconds"]:
            continue
        table = pandas.DataFrame({name: dict(tags.get(tag, [])) for name, tags in of_epochs.items()})
        table = table[table.count(axis=1) > 1].sort_index()
        mean, deviation = table.mean(axis=1), table.std(axis=1, ddof=1)
        if len(table):
            curves[tag] = {"mean": mean, "mean_minus_sd": mean - deviation, "mean_plus_sd": mean + deviation}
    return curves


def check_mean_curves(sweeps, group, tags, read, reader):
    curves = mean_curves(sweeps.groups[group])
    expected = {f"CV_curves/{tag}/{end}" for tag, ends in curves.items() for end in ends}
    check(expected == {tag for tag in tags if tag.startswith("CV_curves/")}, f"{reader}: curves of {group}")
    check(expected, f"{reader}: no curve of {group}")
    for tag, ends in curves.items():
        for end, curve in ends.items():
            points = read(f"CV_curves/{tag}/{end}")
            what = f"{reader}: {end} of {tag} of {group}"
            check([step for step, _ in points] == list(curve.index), f"epochs of {what}")
            scale = ends["mean_plus_sd"].abs().max()
            check(all(abs(value - own) <= 1e-6 * scale for (_, value), own in zip(points, curve)), what)


def pytorch_edges():
    """The bins of SummaryWriter.add_histogram, and what is beyond them on either side."""
    edges, edge = [], 1e-12
    while edge < 1e20:
        edges.append(edge)
        edge *= 1.1
    return [-edge for edge in reversed(edges)] + [0.0] + edges + [sys.float_info.max]


EDGES = pytorch_edges()


def histogram_of(values, fast):
    """What TensorBoard serves of these numbers: left edge, right edge and count of each bucket.

    PyTorch writes an empty bucket in front of the first that is not, unless there is none in front.
    The slow loader leaves it out. Either loader takes the least value for the first left edge.
    """
    values = numpy.array([value for value in values if value is not None], dtype=float)
    if not len(values):
        return []
    counts, _ = numpy.histogram(values, bins=[-sys.float_info.max] + EDGES)
    (full,) = numpy.nonzero(counts)
    first = full[0] - 1 if fast and full[0] > 0 else full[0]
    inner = EDGES[first : full[-1]]
    lefts, rights = [values.min()] + inner, inner + [values.max()]
    return list(zip(lefts, rights, counts[first : full[-1] + 1]))


def curve_of(labels, scores, thresholds=127):
    """What torch.utils.tensorboard.summary.compute_curve gives."""
    bins = numpy.floor(scores.astype(numpy.float32) * numpy.float32(thresholds - 1)).astype(int)
    positives = numpy.bincount(bins[labels], minlength=thresholds)[::-1].cumsum()[::-1]
    negatives = numpy.bincount(bins[~labels], minlength=thresholds)[::-1].cumsum()[::-1]
    return {
        "true_positives": positives,
        "false_positives": negatives,
        "true_negatives": negatives[0] - negatives,
        "false_negatives": positives[0] - positives,
        "precision": positives / numpy.maximum(1e-7, positives + negatives),
        "recall": positives / numpy.maximum(1e-7, positives[0]),
    }


class Server:
    """A TensorBoard that is running; fast is the loader that it takes by itself."""

    def __init__(self, runs, fast):
        self.fast = fast
        self.name = "the fast loader" if fast else "the slow loader"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tensorboard.main", "--logdir", str(runs), "--port", str(port),
             "--host", "127.0.0.1", f"--load_fast={'true' if fast else 'false'}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=30)

    def bytes(self, path, **query):
        url = f"{self.address}/data/plugin/{path}?{urllib.parse.urlencode(query)}"
        return urllib.request.urlopen(url, timeout=30).read()

    def get(self, path, **query):
        return json.loads(self.bytes(path, **query))

    def post(self, path, body):
        headers = {"Content-Type": "application/json"}
        url = f"{self.address}/data/plugin/{path}"
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        return json.load(urllib.request.urlopen(request, timeout=30))

    def tags(self, plugin):
        """The tags of each run that has some."""
        return {run: sorted(tags) for run, tags in self.get(f"{plugin}/tags").items() if tags}

    def wait(self, complete):
        for _ in range(240):
            try:
                if complete():
                    return
            except OSError:
                pass
            time.sleep(0.5)
        check(False, f"{self.name}: TensorBoard has not loaded everything")


def scalars(server, sweeps):
    tags = server.tags("scalars")
    for run in sweeps.runs:
        read = lambda tag: [point[1:] for point in server.get("scalars/scalars", tag=tag, run=run.name)]
        run.check_scalars(tags[run.name], read, server.name)
    for group in sweeps.scored:
        curve = server.get("scalars/scalars", tag="CV/val_accuracy", run=f"{group}/cv")
        check(len(curve) == len(sweeps.groups[group]), f"folds of {group}")
        run = f"{group}/cv"
        read = lambda tag: [point[1:] for point in server.get("scalars/scalars", tag=tag, run=run)]
        check_mean_curves(sweeps, group, tags[run], read, server.name)
    return tags


def custom_scalars(server, sweeps):
    """A chart with a band for each metric, once for all trials, of which each has the three tags."""
    layout = server.get("custom_scalars/layout")
    if not sweeps.scored:
        check(not layout, "charts without folds")
        return layout
    (category,) = layout["category"]
    titles = [chart["title"] for chart in category["chart"]]
    expected = {tag for group in sweeps.scored for tag in mean_curves(sweeps.groups[group])}
    check(len(titles) == len(set(titles)) and set(titles) == expected, f"{server.name}: charts: {titles}")
    for chart in category["chart"]:
        (series,) = chart["margin"]["series"]
        for group in sweeps.scored:
            if chart["title"] not in mean_curves(sweeps.groups[group]):
                continue
            for tag in series.values():
                pattern = f"^({re.escape(tag)})$"
                served = server.get("custom_scalars/scalars", run=f"{group}/cv", tag=pattern)
                check(list(served["tag_to_events"]) == [tag], f"{server.name}: {tag} of {group}")
    return layout


def text(server, sweeps):
    tags = server.get("text/tags")
    for run in sweeps.runs:
        served = server.get("text/text", run=run.name, tag="configuration/text_summary")[0]["text"]
        check("<table>" in served, f"a table of the configuration of {run.name}")
        # Keys that mean nothing in a configuration are left out; these always mean something.
        shown = dict(re.findall(r"<td>([a-z_]+\.[a-z_0-9]+)</td>\s*<td>([^<]*)</td>", served))
        for key in ["data.set", "model.kind", "model.width", "training.epochs", "training.learning_rate"]:
            section, field = key.split(".")
            known = field in run.result["config"].get(section, {})
            check(key in shown or not known, f"{key} in {run.name}")
        check(shown, f"no key of {run.name} is shown")
        for key, value in shown.items():
            section, field = key.split(".")
            of_result = run.result["config"][section][field]
            if isinstance(of_result, (int, float)) and not isinstance(of_result, bool):
                check(close(float(value), of_result), f"{key} in {run.name}")
        served = server.get("text/text", run=run.name, tag="Hardware/GPU/text_summary")[0]["text"]
        check("<table>" in served and "device" in served, f"a table of the hardware of {run.name}")
    return tags


def hparams(server, sweeps):
    experiment = server.post("hparams/experiment", {"experimentName": ""})
    names = [info["name"] for info in experiment["hparamInfos"]]
    columns = ["Accuracy/val", "Loss/val", "Accuracy/test"]
    groups = server.post("hparams/session_groups", {
        "experimentName": "", "allowedStatuses": ["STATUS_SUCCESS", "STATUS_FAILURE"],
        "colParams": [{"metric": {"tag": tag, "group": ""}} for tag in columns],
        "sliceSize": 10000, "startIndex": 0,
    })["sessionGroups"]
    check(sorted(group["name"] for group in groups) == sorted(sweeps.groups), "one row for each trial")
    runs = {run.name: run for run in sweeps.runs}
    for group in groups:
        own = sweeps.groups[group["name"]]
        config = own[0].result["config"]
        for name, value in group["hparams"].items():
            section, _, field = name.partition(".")
            if isinstance(value, (int, float)) and field in config.get(section, {}):
                check(close(value, config[section][field]), f"{name} of {group['name']}")
        names_of = {session["name"] for session in group["sessions"]}
        scored = {f"{group['name']}/cv"} if group["name"] in sweeps.scored else set()
        check(names_of == {run.name for run in own} | scored, f"sessions of {group['name']}")
        for session in group["sessions"]:
            run = runs.get(session["name"])
            if run is None:
                continue
            expected = "STATUS_SUCCESS" if run.finished else "STATUS_FAILURE"
            check(session["status"] == expected, f"status of {run.name}")
            metrics = {metric["name"]["tag"]: metric["value"] for metric in session["metricValues"]}
            for tag, points in run.expected().items():
                check(close(metrics[tag], points[-1][1]), f"the metric {tag} of {run.name}")
    return names


def histograms(server, sweeps):
    tags = server.tags("histograms")
    for run in sweeps.runs:
        known = sweeps.known_values(run.name)
        for tag in tags.get(run.name, []):
            steps = server.get("histograms/histograms", tag=tag, run=run.name)
            check({step for _, step, _ in steps} <= set(run.epochs), f"steps of {tag} of {run.name}")
            for _, step, buckets in steps:
                what = f"{server.name}: {tag} of {run.name} at {step}"
                lefts, rights, counts = numpy.array(buckets).T
                check(sum(counts) > 0 and min(counts) >= 0, f"counts of {what}")
                check(all(lefts[1:] == rights[:-1]), f"edges of {what}")
                check(all(lefts[counts > 0] <= rights[counts > 0]), f"edges of {what}")
                if known:
                    expected = histogram_of(known[tag][str(step)], server.fast)
                    check(all_close(buckets, expected), what)
        if known:
            finite = lambda values: any(value is not None for value in values)
            expected = [tag for tag in known if any(map(finite, known[tag].values()))]
            check(tags[run.name] == sorted(expected), f"histograms of {run.name}")
        elif run.name in tags:
            of = {kind: {tag.partition("/")[2] for tag in tags[run.name] if tag.startswith(kind)}
                  for kind in ["Weights/", "Gradients/"]}
            check(of["Weights/"] == of["Gradients/"], f"weights and gradients of {run.name}")
    return tags


def distributions(server, sweeps):
    tags = server.tags("distributions")
    check(tags == server.tags("histograms"), "a distribution for each histogram")
    for run in sweeps.runs:
        known = sweeps.known_values(run.name)
        for tag in tags.get(run.name, []):
            for _, step, points in server.get("distributions/distributions", tag=tag, run=run.name):
                what = f"{server.name}: distribution of {tag} of {run.name} at {step}"
                shares, values = numpy.array(points).T
                check(list(shares) == [0, 668, 1587, 3085, 5000, 6915, 8413, 9332, 10000], what)
                check(all(values[1:] >= values[:-1]), f"{what} ascends")
                if known:
                    finite = [value for value in known[tag][str(step)] if value is not None]
                    check(all_close(values[[0, -1]], [min(finite), max(finite)]), what)
    return tags


def graphs(server, sweeps):
    graphs = server.get("graphs/info")
    for run in sweeps.runs:
        if run.name not in graphs:
            continue
        check(graphs[run.name]["run_graph"], f"a graph of {run.name}")
        served = server.bytes("graphs/graph", run=run.name, conceptual="false")
        graph = text_format.Parse(served.decode(), GraphDef())
        names = {node.name for node in graph.node}
        check(len(names) == len(graph.node) > 2, f"nodes of {run.name}")
        check(graph.versions.producer == 22, f"producer of the graph of {run.name}")
        read = {name for node in graph.node for name in node.input}
        check(read <= names, f"inputs of the graph of {run.name}: {sorted(read - names)}")
        starts = [node.name for node in graph.node if not node.input]
        ends = names - read
        check(len(ends) == 1, f"one end of the graph of {run.name}, found {sorted(ends)}")
        # What the end depends on is all there is.
        reached, open_nodes = set(ends), list(ends)
        inputs = {node.name: list(node.input) for node in graph.node}
        while open_nodes:
            new = set(inputs[open_nodes.pop()]) - reached
            reached |= new
            open_nodes += new
        check(reached == names and starts, f"the graph of {run.name} hangs together")
        for node in graph.node:
            check(node.op, f"the operation of {node.name} of {run.name}")
            shapes = node.attr["_output_shapes"].list.shape
            # What nothing reads is the loss, a number without dimensions.
            check(len(shapes) == 1, f"the shape of {node.name} of {run.name}")
            check(shapes[0].dim or node.name in ends, f"sizes of {node.name} of {run.name}")
        check(any("/" in name for name in names), f"scopes in the graph of {run.name}")
    return graphs


def images(server, sweeps):
    tags = server.tags("images")
    for run in sweeps.best:
        check(any(tag.startswith("Confusion/") for tag in tags[run]), f"confusion matrices of {run}")
        accumulator = EventAccumulator(str(sweeps.root / run))
        accumulator.Reload()
        for tag in tags[run]:
            written = accumulator.Images(tag)
            served = server.get("images/images", tag=tag, run=run, sample=0)
            check(len(served) == len(written), f"number of {tag} of {run}")
            for entry, event in zip(served, written):
                query = dict(urllib.parse.parse_qsl(entry["query"]))
                blob = server.bytes("images/individualImage", **query)
                check(blob == event.encoded_image_string, f"bytes of {tag} of {run}")
                image = PIL.Image.open(io.BytesIO(blob))
                image.load()
                check(image.format == "PNG" and image.mode == "RGB", f"{tag} of {run}")
                check(image.size == (event.width, event.height), f"size of {tag} of {run}")
                colours = image.getcolors(maxcolors=1 << 24)
                check(max(colours)[1] == (255, 255, 255) and len(colours) > 10, f"a drawing in {tag}")
    return tags


def pr_curves(server, sweeps):
    tags = server.tags("pr_curves")
    for run in sweeps.best:
        known = sweeps.known_values(run)
        # What the runs kept of their scores: a curve is over the test samples of all of them.
        kept = [path.parent / "classes.json" for path in (sweeps.root / run).parent.glob("*/result.json")]
        kept = [json.load(open(path))["test"] for path in kept if path.exists()]
        samples = set()
        positives = 0
        check(not kept or len(kept[0]["positives"]) == len(tags[run]), f"a curve for each class of {run}")
        of_kept = []
        for tag in tags[run]:
            (curve,) = server.get("pr_curves/pr_curves", tag=tag, run=run)[run]
            what = f"{server.name}: {tag} of {run}"
            tp, fp, tn, fn, precision, recall, thresholds = (
                numpy.array(curve[key])
                for key in ["true_positives", "false_positives", "true_negatives", "false_negatives",
                            "precision", "recall", "thresholds"]
            )
            check(all_close(thresholds, numpy.arange(len(tp)) / 126), f"thresholds of {what}")
            check(fn[0] == tn[0] == 0 and recall[0] == 1, f"all is positive at 0 in {what}")
            check(all(numpy.diff(tp) <= 0) and all(numpy.diff(fp) <= 0), f"{what} descends")
            check(all_close(precision, tp / (tp + fp)) and all_close(recall, tp / (tp + fn)), what)
            samples.add(int(tp[0] + fp[0]))
            positives += int(tp[0])
            if known:
                label = int(tag.removeprefix("PR/"))
                labels = numpy.array([sample["label"] == label for sample in known])
                scores = numpy.array([sample["probabilities"][label] for sample in known])
                for key, values in curve_of(labels, scores).items():
                    check(all_close(curve[key], values[: len(tp)]), f"{key} of {what}")
            of_kept.append([curve["true_positives"], curve["false_positives"]])
        if kept:
            # Tags are sorted by name, classes are not: each is compared with all.
            sums = [numpy.sum([scores[kind] for scores in kept], axis=0) for kind in ["positives", "negatives"]]
            own = [[bins[::-1].cumsum()[::-1].tolist() for bins in pair] for pair in zip(*sums)]
            for curve in of_kept:
                size = len(curve[0])
                check(any([above[:size] for above in pair] == curve for pair in own), f"scores of {run}")
        check(len(samples) == 1 and positives in samples, f"each sample of {run} is of one class")
    return tags


def http(sweeps, needed):
    """Over HTTP, from a running TensorBoard, with both of its loaders."""
    for fast in [True, False]:
        with Server(sweeps.root, fast) as server:
            expected = {run.name for run in sweeps.runs}
            expected |= {f"{group}/cv" for group in sweeps.scored}
            server.wait(lambda: expected <= set(server.tags("scalars")) and (
                not sweeps.best or set(sweeps.best) <= set(server.tags("pr_curves"))))
            for plugin in PLUGINS:
                data = globals()[plugin](server, sweeps)
                check(data or plugin not in needed, f"{server.name}: data of {plugin}")


def table(path):
    """The CSV as pandas reads it."""
    frame = pandas.read_csv(path)
    # The rank of the first of equal scores, as scikit-learn has it.
    ranks = frame["mean_val_accuracy"].round(12).rank(method="min", ascending=False)
    check((frame["rank"] == ranks).all(), "ranks")
    check(frame["mean_val_accuracy"].is_monotonic_decreasing, "best first")
    for column in frame.columns:
        if column in ["param_model.width", "param_model.layers"]:
            check(frame[column].dtype.kind == "i", f"{column} has whole numbers")
        if column == "param_training.learning_rate":
            check(frame[column].dtype.kind == "f", "rates are numbers")
    splits = frame[[name for name in frame.columns if name.startswith("split") and name.endswith("val_accuracy")]]
    if splits.shape[1] > 1:
        check((splits.mean(axis=1) - frame["mean_val_accuracy"]).abs().max() < 1e-12, "means")
        check((splits.std(axis=1, ddof=1) - frame["std_val_accuracy"]).abs().max() < 1e-12, "deviations")


def schema():
    """The JSON Schema takes every shipped sweep, and finds the usual mistakes."""
    validator = jsonschema.Draft7Validator(json.load(open("docs/sweep.schema.json")))
    sweeps = sorted(Path("sweeps").glob("*.yaml"))
    check(len(sweeps) >= 4, "shipped sweeps")
    for path in sweeps:
        errors = list(validator.iter_errors(yaml.safe_load(open(path))))
        check(not errors, f"{path}: {errors}")
    for mistake in [
        {"trainig": {}},
        {"training": {"lerning_rate": 0.1}},
        {"training": {"epochs": 0}},
        {"model": {"dropout": 1.0}},
        {"training": {"optimizer": "sdg"}},
        {"training": {"schedule": {"step": {}}}},
        {"grid": {}},
        {"grid": {"training.learning_rate": []}},
        {"grid": {"training.learning_rate": [0]}},
        {"grid": {"training.learning_rate": {"logarithmic": {"from": 1, "to": 2}}}},
        {"grid": {"optimizer": {"adam": {"training.optimiser": "adam"}}}},
        {"grid": {"size": {"zip": {"model.layer": [1]}}}},
    ]:
        check(not validator.is_valid(mistake), f"the schema takes {mistake}")


folder = Path(sys.argv[1])
needed = sys.argv[2:] or PLUGINS
check(set(needed) <= set(PLUGINS), f"plugins {needed}")
schema()
sweeps = Sweeps(folder)
event_accumulators(sweeps)
http(sweeps, needed)
for path in sorted(folder.glob("reports/*.csv")):
    table(path)
print(f"{checked} passed, 0 failed")
