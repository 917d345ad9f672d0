"""The trials as scikit-learn describes those of a grid search."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any


def cv_results(rows: Iterable[dict[str, Any]]) -> dict[str, list[Any]]:
    """The columns of ``GridSearchCV.cv_results_``, as lists, from the rows of the report."""
    table = list(rows)
    names = list(table[0]) if table else []
    factors = [name for name in names if name.startswith("param_")]
    splits = [match for match in (re.fullmatch(r"split(\d+)_val_(.+)", name) for name in names) if match]
    # The score that ranks the trials has splits. So has the accuracy, which comes first.
    score = splits[-1][2] if splits else "accuracy"

    def column(name: str) -> list[Any]:
        return [row.get(name) for row in table]

    def params(row: dict[str, Any]) -> dict[str, Any]:
        levels = {name[len("param_") :]: row[name] for name in factors}
        return {name: level for name, level in levels.items() if level is not None}

    results = {
        "mean_fit_time": column("mean_fit_time"),
        "std_fit_time": column("std_fit_time"),
        **{name: column(name) for name in factors},
        "params": [params(row) for row in table],
        **{f"split{match[1]}_test_score": column(match[0]) for match in splits if match[2] == score},
        "mean_test_score": column(f"mean_val_{score}"),
        "std_test_score": column(f"std_val_{score}"),
        "rank_test_score": column("rank"),
    }
    return results
