"""Holds what tp-sweep makes of a table's columns against a scikit-learn pipeline.

    encoding.py TP_SWEEP FOLDER        the binary, and an empty folder to work in

Two tables are made, one like that of the Titanic's passengers and one like that of the census ("Adult"): text, categories
in numbers, an order, missing values, columns that are no features. A network is trained on each, exported, and its
answers to the test part are compared with those that its weights give to the features of the pipeline.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

checks = 0


def check(right, what):
    global checks
    checks += 1
    if not right:
        sys.exit(f"not so: {what}")


def passengers(random, rows, first):
    """Like the Titanic's passengers."""
    sex = random.choice(["male", "female"], rows, p=[0.65, 0.35])
    pclass = random.choice([1, 2, 3], rows, p=[0.25, 0.2, 0.55])
    age = np.round(random.gamma(5, 6, rows), 1)
    table = pd.DataFrame({
        "PassengerId": np.arange(first, first + rows),
        "Survived": (random.random(rows) < np.where(sex == "female", 0.75, 0.2) + 0.05 * (pclass == 1)).astype(int),
        "Pclass": pclass,
        "Name": [f"Doe, Mr. \"{row}\"" for row in range(first, first + rows)],
        "Sex": sex,
        "Age": np.where(random.random(rows) < 0.2, np.nan, age),
        "SibSp": random.poisson(0.5, rows),
        "Ticket": [f"PC {row}" if row % 3 else f"{row}" for row in range(first, first + rows)],
        "Fare": np.round(random.lognormal(3, 1, rows), 4),
        "Cabin": np.where(random.random(rows) < 0.75, None, [f"C{row}" for row in range(rows)]),
        "Embarked": np.where(random.random(rows) < 0.02, None, random.choice(["S", "C", "Q"], rows, p=[0.7, 0.2, 0.1])),
    })
    return table


def citizens(random, rows):
    """Like the census: `?` where a value is missing."""
    education = random.choice(["HS-grad", "Some-college", "Bachelors", "Masters"], rows, p=[0.4, 0.3, 0.2, 0.1])
    hours = random.integers(1, 99, rows)
    odds = 0.15 + 0.25 * (education == "Masters") + 0.2 * (hours > 50)
    return pd.DataFrame({
        "age": random.integers(17, 90, rows),
        "workclass": random.choice(["?", "Private", "State-gov", "Self-emp"], rows, p=[0.06, 0.7, 0.14, 0.1]),
        "fnlwgt": random.integers(12_285, 1_484_705, rows),
        "education": education,
        "occupation": random.choice(["?", "Sales", "Tech-support", "Craft-repair"], rows, p=[0.06, 0.4, 0.24, 0.3]),
        "sex": random.choice(["Male", "Female"], rows),
        "citizen": random.choice([True, False], rows, p=[0.9, 0.1]),
        "capital-gain": np.where(random.random(rows) < 0.9, 0, random.integers(114, 99_999, rows)),
        "hours-per-week": hours,
        "income": np.where(random.random(rows) < odds, ">50K", "<=50K"),
    })


def one_hot(levels, missing):
    """Filled, one feature for each level; one more where values are missing."""
    encoder = OneHotEncoder(categories=[levels], handle_unknown="ignore", sparse_output=False)
    steps = [("fill", SimpleImputer(strategy="most_frequent", missing_values=missing)), ("encode", encoder)]
    return Pipeline(steps)


def gaps(missing):
    """1 where a value is missing, as `SimpleImputer(add_indicator=True)` adds it."""
    return MissingIndicator(missing_values=missing, features="all")


def numbers(indicator):
    return SimpleImputer(strategy="median", add_indicator=indicator)


def tensors(path):
    """The tensors of a file in the format safetensors."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    about = json.loads(data[8:8 + length])
    found = {}
    for name, tensor in about.items():
        if name != "__metadata__":
            start, end = tensor["data_offsets"]
            values = np.frombuffer(data[8 + length + start:8 + length + end], "<f4")
            found[name] = values.reshape(tensor["shape"]).astype(np.float64)
    return found


def probabilities(model, features):
    """What a network with one hidden layer answers: ReLU, softmax."""
    weights = tensors(model / "model.safetensors")
    names = sorted(weights)
    matrices = [name for name in names if weights[name].ndim == 2]
    hidden, last = matrices
    activated = np.maximum(features @ weights[hidden].T + weights[hidden.replace("weight", "bias")], 0)
    logits = activated @ weights[last].T + weights[last.replace("weight", "bias")]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def compared(binary, folder, name, settings, tables, pipeline, feature_names):
    """Trains, exports, predicts; compares with the pipeline, learnt from the training table alone."""
    train, test = tables
    label = settings["label"]
    data = folder / name
    data.mkdir()
    train.to_csv(data / "train.csv", index=False)
    test.to_csv(data / "test.csv", index=False)
    sweep = {
        "data": {"set": "table", "path": str(data), **settings},
        "model": {"width": 8},
        "training": {"epochs": 2, "batch_size": 32},
        "validation": {"holdout": 0},
        "keep": "all",
    }
    file = folder / f"{name}.yaml"
    file.write_text(json.dumps(sweep))
    where = ["--runs", folder / "runs", "--device", "cpu"]
    subprocess.run([binary, file, *where, "--reports", folder / "reports", "--quiet"], check=True)
    model = folder / f"{name}-model"
    subprocess.run([binary, "export", file, "--trial", "base", "--runs", folder / "runs", "--output", model], check=True,
                   stdout=subprocess.DEVNULL)
    answers = folder / f"{name}.csv"
    subprocess.run([binary, "predict", model, data / "test.csv", "--output", answers], check=True,
                   stderr=subprocess.DEVNULL)
    about = json.loads((model / "model.json").read_text())
    check(about["input"]["columns"] == feature_names, (about["input"]["columns"], feature_names))
    # As both programs read the file.
    read = [pd.read_csv(data / f"{part}.csv", keep_default_na=True) for part in ("train", "test")]
    features = pipeline.fit_transform(read[0].drop(columns=label))
    check(features.shape[1] == len(feature_names), (features.shape, len(feature_names)))
    scaler = StandardScaler().fit(features)
    mean = np.array(about["input"]["mean"])
    scale = np.array(about["input"]["standard_deviation"])
    check(np.allclose(mean, scaler.mean_, rtol=1e-5, atol=1e-6), f"{name}: means, after filling")
    check(np.allclose(scale, scaler.scale_, rtol=1e-5, atol=1e-6), f"{name}: standard deviations, after filling")
    of_test = scaler.transform(pipeline.transform(read[1].drop(columns=label)))
    expected = probabilities(model, of_test)
    answered = pd.read_csv(answers)
    found = answered[[f"p_{name}" for name in about["classes"]]].to_numpy()
    worst = np.abs(found - expected).max()
    check(worst < 2e-5, f"{name}: probabilities differ by {worst}")
    print(f"{name}: {features.shape[1]} features of {len(read[1])} rows, probabilities differ by at most {worst:.1e}")


def main(binary, folder):
    random = np.random.default_rng(7)
    train, test = passengers(random, 400, 1), passengers(random, 150, 401)
    # A level that the training table lacks, and a column without gaps that has one in the test table.
    test.loc[3, "Embarked"] = "X"
    test["Fare"] = test["Fare"].where(test.index != 5)
    block = ["C", "Q", "S"]
    pipeline = ColumnTransformer([
        ("pclass", OneHotEncoder(categories=[[1, 2, 3]], handle_unknown="ignore", sparse_output=False), ["Pclass"]),
        ("sex", OneHotEncoder(categories=[["female", "male"]], sparse_output=False), ["Sex"]),
        ("age", numbers(indicator=True), ["Age"]),
        ("sibsp", numbers(indicator=False), ["SibSp"]),
        ("fare", numbers(indicator=False), ["Fare"]),
        ("embarked", one_hot(block, np.nan), ["Embarked"]),
        ("gap", gaps(np.nan), ["Embarked"]),
    ])
    names = ["Pclass=1", "Pclass=2", "Pclass=3", "Sex=female", "Sex=male", "Age", "Age is missing", "SibSp", "Fare",
             "Embarked=C", "Embarked=Q", "Embarked=S", "Embarked is missing"]
    settings = {"label": "Survived", "drop": ["PassengerId", "Name", "Ticket", "Cab*"], "categorical": ["Pclass"]}
    compared(binary, folder, "passengers", settings, (train, test), pipeline, names)

    train, test = citizens(random, 600), citizens(random, 200)
    order = ["HS-grad", "Some-college", "Bachelors", "Masters"]
    work, jobs = ["Private", "Self-emp", "State-gov"], ["Craft-repair", "Sales", "Tech-support"]
    pipeline = ColumnTransformer([
        ("age", "passthrough", ["age"]),
        ("work", one_hot(work, "?"), ["workclass"]),
        ("gap of work", gaps("?"), ["workclass"]),
        ("education", OrdinalEncoder(categories=[order]), ["education"]),
        ("jobs", one_hot(jobs, "?"), ["occupation"]),
        ("gap of jobs", gaps("?"), ["occupation"]),
        ("sex", OneHotEncoder(categories=[["Female", "Male"]], sparse_output=False), ["sex"]),
        ("rest", "passthrough", ["citizen", "capital-gain", "hours-per-week"]),
    ])
    names = ["age", *[f"workclass={level}" for level in work], "workclass is missing", "education",
             *[f"occupation={level}" for level in jobs], "occupation is missing", "sex=Female", "sex=Male", "citizen",
             "capital-gain", "hours-per-week"]
    settings = {"label": "income", "drop": "fnlwgt", "na_values": "?", "ordinal": {"education": order}}
    compared(binary, folder, "citizens", settings, (train, test), pipeline, names)
    print(f"{checks} checks of encoded tables passed")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
