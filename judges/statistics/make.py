"""Writes values.json beside this script with SciPy and statsmodels; README.md says what is in it."""

import itertools
import json
import math
from pathlib import Path

import mpmath
import numpy
import pandas
import scipy
import statsmodels
from scipy import stats
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.multitest import multipletests

import moderated

random = numpy.random.default_rng(20)
mpmath.mp.dps = 60


class Check:
    """How far SciPy's tails are from the same ones with 60 digits, which are what is written."""

    offs = []

    @classmethod
    def hold(cls, found, exact, name):
        """The exact number, if the one that was found is about the same."""
        off = float(abs(found / exact - 1))
        cls.offs.append((off, name))
        assert off < 1e-9, f"{name}: {found}, exactly {mpmath.nstr(exact, 17)}"
        return float(exact)


def exact_f_tail(f, numerator, denominator):
    f, one, two = (mpmath.mpf(value) for value in (f, numerator, denominator))
    x = two / (two + one * f)
    return mpmath.betainc(two / 2, one / 2, 0, x, regularized=True)


def f_tail(f, numerator, denominator):
    found = stats.f.sf(f, numerator, denominator)
    exact = exact_f_tail(f, numerator, denominator)
    return Check.hold(found, exact, f"F {f}, df {numerator} and {denominator}")


def t_tail(t, df):
    """Both tails."""
    found = 2 * stats.t.sf(abs(t), df)
    exact = exact_f_tail(mpmath.mpf(float(t)) ** 2, 1, df)
    return Check.hold(found, exact, f"t {t}, df {df}")


def t_quantile(confidence, df):
    found = float(stats.t.isf((1 - confidence) / 2, df))
    outside = mpmath.mpf(1 - confidence)
    exact = mpmath.findroot(
        lambda t: mpmath.log(exact_f_tail(t**2, 1, df) / outside), (found, found * (1 + 1e-9)),
    )
    return Check.hold(found, exact, f"t quantile {confidence}, df {df}")


def t_tails():
    degrees = [1, 2, 3, 4, 5, 9, 10, 29, 30, 99, 300, 1000, 9999]
    ts = [1e-9, 1e-6, 1e-3, 0.1, 0.5, 1, 1.5, 2, 2.5, 3, 5, 8, 12, 20, 30, 100, 1e3, 1e5, 1e8]
    pairs = itertools.product(ts, degrees)
    # Below 1e-300 a double has fewer digits.
    pairs = [(t, df) for t, df in pairs if stats.t.sf(t, df) > 1e-300]
    return [{"t": t, "df": df, "p": t_tail(t, df)} for t, df in pairs]


def t_quantiles():
    confidences = [
        0.01, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 1 - 1e-6, 1 - 1e-8, 1 - 1e-10, 1 - 1e-13,
    ]
    degrees = [1, 2, 3, 4, 5, 9, 10, 29, 30, 99, 300, 1000, 9999]
    pairs = itertools.product(confidences, degrees)
    return [{"confidence": c, "df": df, "t": t_quantile(c, df)} for c, df in pairs]


def f_tails():
    fs = [1e-6, 0.01, 0.3, 0.9, 1, 1.1, 1.5, 2, 3, 5, 10, 30, 100, 1e3, 1e6, 1e9]
    numerators = [1, 2, 3, 5, 12, 40, 300, 9999]
    denominators = [1, 2, 4, 10, 22, 99, 500, 5000, 89991]
    cases = []
    for f, numerator, denominator in itertools.product(fs, numerators, denominators):
        if stats.f.sf(f, numerator, denominator) > 1e-300:
            case = {"f": f, "numerator": numerator, "denominator": denominator}
            cases.append(case | {"p": f_tail(f, numerator, denominator)})
    return cases


def scores(*shape, mean=0.9, deviation=0.02, decimals=4):
    return numpy.round(mean + deviation * random.standard_normal(shape), decimals)


def intervals():
    cases = []
    for count, ratio, confidence in itertools.product(
        [2, 3, 5, 10, 30, 100], ["kfold", 0.0, 0.25], [0.9, 0.95, 0.999]
    ):
        label = f"{count} scores, ratio {ratio}, confidence {confidence}"
        ratio = 1 / (count - 1) if ratio == "kfold" else ratio
        values = scores(count, mean=random.uniform(-2, 2), deviation=10 ** random.uniform(-3, 1), decimals=7)
        mean, deviation = values.mean(), values.std(ddof=1)
        error = deviation * math.sqrt(1 / count + ratio)
        plain = stats.sem(values)
        assert math.isclose(plain, deviation / math.sqrt(count), rel_tol=1e-12)
        low, high = stats.t.interval(confidence, count - 1, loc=mean, scale=error)
        cases.append({
            "name": label, "scores": values.tolist(), "test_to_train": ratio,
            "confidence": confidence, "mean": float(mean), "deviation": float(deviation),
            "standard_error": float(plain), "corrected_error": error, "low": float(low),
            "high": float(high),
        })
    return cases


def t_tests():
    cases = []
    for count, ratio, effect in itertools.product(
        [2, 3, 5, 10, 30], ["kfold", 0.0, 0.5], [0.0, 0.3, 2.0, 100.0]
    ):
        label = f"{count} splits, ratio {ratio}, effect {effect}"
        ratio = 1 / (count - 1) if ratio == "kfold" else ratio
        split = 0.05 * random.standard_normal(count)
        first = numpy.round(scores(count) + split, 4)
        second = numpy.round(scores(count, mean=0.9 - 0.02 * effect) + split, 4)
        differences = first - second
        plain = stats.ttest_rel(first, second)
        shrink = math.sqrt((1 / count) / (1 / count + ratio))
        statistic = plain.statistic * shrink
        p = t_tail(statistic, count - 1)
        if ratio == 0:
            assert math.isclose(p, plain.pvalue, rel_tol=1e-9)
        cases.append({
            "name": label, "first": first.tolist(), "second": second.tolist(),
            "test_to_train": ratio, "difference": float(differences.mean()),
            "standard_error": float(stats.sem(differences) / shrink),
            "statistic": float(statistic), "p_value": p,
        })
    return cases


def holm():
    made = {
        "one": [0.03], "equal": [0.02] * 6, "zeros and ones": [0.0, 1.0, 0.0, 0.5, 1.0],
        "a step that would fall": [0.01, 0.0101, 0.9, 0.0102],
        "tiny": [1e-300, 1e-12, 1e-9, 0.2],
    }
    for count in [2, 5, 19, 107]:
        made[f"{count} even"] = random.random(count).tolist()
        made[f"{count} mostly small"] = (random.random(count) ** 6).tolist()
    return [
        {"name": name, "p_values": p, "adjusted": multipletests(p, method="holm")[1].tolist()}
        for name, p in made.items()
    ]


def anova_case(name, levels, blocks, effect, noise, decimals=4):
    """An analysis of variance with all interactions of the factors, and blocks."""
    cells = list(itertools.product(*map(range, levels)))
    of_cells = 0.9 + effect * random.standard_normal(len(cells))
    for factor, count in enumerate(levels):
        of_levels = 2 * effect * random.standard_normal(count)
        of_cells += [of_levels[cell[factor]] for cell in cells]
    of_blocks = 0.1 * random.standard_normal(blocks)
    values = of_cells[:, None] + of_blocks + noise * random.standard_normal((len(cells), blocks))
    values = numpy.round(values, decimals)
    rows = [
        {"score": values[index, block], "block": block}
        | {f"f{factor}": level for factor, level in enumerate(cell)}
        for index, cell in enumerate(cells) for block in range(blocks)
    ]
    product = " * ".join(f"C(f{factor})" for factor in range(len(levels)))
    fitted = ols(f"score ~ {product} + C(block)", pandas.DataFrame(rows)).fit()
    table = anova_lm(fitted)
    error, error_df = table.loc["Residual", "sum_sq"], int(table.loc["Residual", "df"])
    effects, higher, higher_df = {}, 0.0, 0
    for term, row in table.iterrows():
        if term in ("Residual", "C(block)"):
            continue
        factors = term.replace("C(f", "").replace(")", "").split(":")
        if len(factors) > 2:
            higher += row["sum_sq"]
            higher_df += int(row["df"])
            continue
        effects[":".join(factors)] = {
            "ss": float(row["sum_sq"]), "df": int(row["df"]), "f": float(row["F"]),
            "p": float(row["PR(>F)"]),
        }
    if higher_df:
        f = (higher / higher_df) / (error / error_df)
        effects["higher"] = {"ss": float(higher), "df": higher_df, "f": float(f)}
        effects["higher"]["p"] = f_tail(f, higher_df, error_df)
    for made in effects.values():
        Check.hold(made["p"], exact_f_tail(made["f"], made["df"], error_df), f"{name}: {made}")
    return {
        "name": name, "levels": levels, "scores": values.tolist(), "effects": effects,
        "noise": {"ss": float(error), "df": error_df},
    }


def anova():
    return [
        anova_case("one factor", [4], 3, 0.02, 0.02),
        anova_case("two levels, two blocks", [2], 2, 0.02, 0.02),
        anova_case("two factors", [3, 4], 5, 0.02, 0.03),
        anova_case("three factors", [3, 2, 2], 3, 0.01, 0.03),
        anova_case("three factors, ten blocks", [4, 3, 3], 10, 0.02, 0.01),
        anova_case("four factors", [2, 3, 2, 2], 4, 0.02, 0.05),
        anova_case("five factors", [2, 2, 3, 2, 2], 2, 0.05, 0.02),
        anova_case("no effect", [3, 3], 6, 0.0, 0.05),
        anova_case("hardly any noise", [3, 3, 2], 4, 0.1, 1e-4, decimals=7),
        anova_case("large scores", [3, 2], 5, 300.0, 100.0, decimals=1),
    ]


def against_best_case(name, candidates, splits, ratio, spread, unequal=1.0, decimals=4):
    """Candidates with means over `spread`; the last varies `unequal` times as much as the first."""
    deviations = 0.01 * unequal ** numpy.linspace(0, 1, candidates)
    values = 0.9 - spread * numpy.linspace(0, 1, candidates) ** 2
    values = values[:, None] + random.normal(size=(candidates, splits)) * deviations[:, None]
    values = numpy.round(values + random.normal(size=splits) * 0.02, decimals)
    best, p_values, adjusted = moderated.against_best(values, ratio)
    return {
        "name": name, "test_to_train": ratio, "scores": values.tolist(), "best": best,
        "p_values": p_values.tolist(), "adjusted": adjusted.tolist(),
    }


def against_best():
    return [
        against_best_case("three candidates", 3, 3, 0.5, 0.05),
        against_best_case("five candidates", 5, 10, 1 / 9, 0.05),
        against_best_case("two splits", 8, 2, 1.0, 0.2),
        against_best_case("twenty candidates", 20, 5, 0.25, 0.1, 10.0),
        against_best_case("forty candidates, three folds", 40, 3, 0.5, 0.3, 20.0),
        against_best_case("a hundred candidates", 100, 3, 0.5, 0.3, 5.0),
        against_best_case("equal candidates", 30, 4, 1 / 3, 0.0),
        against_best_case("large scores", 12, 6, 0.2, 3000.0, 3.0, decimals=1),
        against_best_case("most clearly worse", 90, 10, 1 / 9, 0.8),
    ]


def mcnemar():
    """Counts of samples that only one of two classifiers gets right, and the exact test."""
    cases = []
    for first, second in [
        (1, 0), (0, 5), (3, 10), (10, 3), (25, 24), (59, 6), (120, 80), (312, 205), (1000, 0),
        (30, 700), (5000, 4800), (20000, 20500), (123456, 125000), (600000, 599000),
    ]:
        count = first + second
        found = stats.binomtest(first, count, 0.5).pvalue
        if count <= 50_000:
            # Binomial coefficients as whole numbers, each made from the one before.
            term = total = 1
            for index in range(1, min(first, second) + 1):
                term = term * (count - index + 1) // index
                total += term
            exact = min(mpmath.mpf(2 * total) / mpmath.mpf(2) ** count, mpmath.mpf(1))
            found = Check.hold(found, exact, f"McNemar {first}, {second}")
        cases.append({"only_first": first, "only_second": second, "p": float(found)})
    return cases


def write(path, facts, sections):
    """One JSON object: the facts, then each section with one case on each line."""
    compact = lambda value: json.dumps(value, separators=(",", ":"), allow_nan=False)
    parts = [f"{json.dumps(key)}:{compact(value)}" for key, value in facts.items()]
    for name, cases in sections.items():
        lines = ",\n".join(map(compact, cases))
        parts.append(f"{json.dumps(name)}:[\n{lines}\n]")
        print(f"{name}: {len(cases)} cases")
    text = "{" + ",\n".join(parts) + "}\n"
    path.write_text(text)
    print(f"{path.name}: {len(text) / 1000:.0f} kB")


makers = (t_tails, t_quantiles, f_tails, intervals, t_tests, holm, anova, against_best, mcnemar)
sections = {maker.__name__: maker() for maker in makers}
versions = {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__}
write(Path(__file__).parent / "values.json", versions, sections)
print("SciPy differs most from 60 digits at:")
for off, name in sorted(Check.offs, reverse=True)[:5]:
    print(f"  {off:.1e} {name}")
