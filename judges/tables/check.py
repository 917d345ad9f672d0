"""Holds a report's CSV, Parquet and JSON against each other, with pandas and with polars.

    check.py REPORT        the path of a report's files, without their extension
"""

import io
import json
import math
import sys
import warnings
from pathlib import Path

import pandas as pd
import polars as pl

checks = 0

# Of a learning rate that is no 64 bit integer, which pandas tries to make of it.
warnings.filterwarnings("ignore", "invalid value encountered in cast")


def check(right, what):
    global checks
    checks += 1
    if not right:
        sys.exit(f"not so: {what}")


def same(a, b):
    """Whether two cells are equal: nothing is equal to nothing."""
    missing = [value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)) for value in (a, b)]
    return all(missing) or (not any(missing) and a == b)


def kind(value):
    """What a JSON value is in a table."""
    return {bool: "flag", int: "integer", float: "number", str: "text"}.get(type(value))


def read(text):
    """A CSV with pandas. Its quick default misses the last digit of some numbers."""
    return pd.read_csv(io.StringIO(text), float_precision="round_trip").convert_dtypes()


def main(report):
    rows = json.loads(Path(f"{report}.json").read_text())
    columns = list(rows[0])
    check(len(rows) == 6, "six trials")
    statuses = [row["status"] for row in rows]
    check(statuses.count("finished") == 3 and statuses.count("failed") == 3, statuses)
    text = Path(f"{report}.csv").read_text()
    check(";" not in text.splitlines()[0] and "0,9" not in text.replace('"', "").split(",", 1)[0],
          "a French report has a CSV with points")

    parquet = pd.read_parquet(f"{report}.parquet").convert_dtypes()
    csv = read(text)
    check(list(csv.columns) == columns == list(parquet.columns), "the same columns")
    polars_csv = pl.read_csv(io.StringIO(text), infer_schema_length=None)
    polars_parquet = pl.read_parquet(f"{report}.parquet")
    check(polars_csv.columns == polars_parquet.columns == columns, "the same columns in polars")
    for column in columns:
        values = [row[column] for row in rows]
        kinds = {kind(value) for value in values if value is not None}
        for name, frame in [("pandas CSV", csv), ("pandas Parquet", parquet),
                            ("polars CSV", polars_csv), ("polars Parquet", polars_parquet)]:
            found = list(frame[column])
            check(len(found) == len(values), f"{name} {column}: as many rows")
            for a, b in zip(found, values):
                check(same(a, b), f"{name} {column}: {a!r} is {b!r}")
        if kinds:
            numeric = kinds <= {"integer", "number"}
            check(pd.api.types.is_bool_dtype(csv[column]) == (kinds == {"flag"}), f"{column}: a flag")
            is_number = pd.api.types.is_numeric_dtype(csv[column]) and kinds != {"flag"}
            check(is_number == numeric, f"{column}: {csv[column].dtype} for {kinds}")

    # There and back again: what pandas and polars write is what they read.
    again = read(csv.to_csv(index=False))
    check(again.equals(csv), "pandas writes what it read")
    again = pl.read_csv(io.StringIO(polars_csv.write_csv()), infer_schema_length=None)
    check(again.equals(polars_csv), "polars writes what it read")

    # As a user of scikit-learn's cv_results_ would look at it.
    splits = [column for column in columns if column.startswith("split")]
    finished = csv[csv["status"] == "finished"]
    means = finished[splits].mean(axis=1)
    check(((means - finished["mean_val_accuracy"]).abs() < 1e-12).all(), "means are means of splits")
    deviations = finished[splits].std(axis=1, ddof=1)
    check(((deviations - finished["std_val_accuracy"]).abs() < 1e-12).all(), "deviations likewise")
    best = csv.sort_values("rank", kind="stable").iloc[0]
    check(best["mean_val_accuracy"] == finished["mean_val_accuracy"].max(), "the first is the best")
    print(f"{report}: {checks} checks")


main(sys.argv[1])
