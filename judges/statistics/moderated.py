"""The comparison with the best candidate as docs/statistics.md defines it, with NumPy and SciPy.

It shares nothing with the Rust code but the definition: whole arrays instead of loops, and windows
and integrals written as matrix products."""

import numpy as np
from scipy.special import erfc
from scipy.stats import rankdata

STEP = 0.175
CELL = STEP / 16
NEAREST, FARTHEST = 1e-4, 37.0
LOG_VARIANCE_STEP = 2 * STEP

CELLS = int(np.log(FARTHEST / NEAREST) / CELL)
TAILS = 0.5 * erfc(NEAREST * np.exp(CELL * np.arange(CELLS + 1)) / np.sqrt(2))


def split_effects(scores):
    """The variance of each candidate without the effects of splits."""
    freedom = scores.shape[1] - 1
    centred = scores - scores.mean(axis=1, keepdims=True)
    weights = np.full(len(scores), 1 / len(scores))
    limit = max(0.2, 1 / len(scores))
    for _ in range(30):
        residuals = centred - weights @ centred
        variances = (residuals**2).sum(axis=1) / freedom / (1 - weights)
        weights = (freedom + 2) / (freedom * variances / np.median(variances) + 2)
        for _ in range(20):
            weights = np.minimum(weights / weights.sum(), limit)
        weights /= weights.sum()
    return variances


def tricube(distance):
    return np.where(np.abs(distance) < 1, (1 - np.abs(distance) ** 3) ** 3, 0)


def local_lines(ranks, values, anchors, window):
    distance = ranks[None, :] - anchors[:, None]
    weights = tricube(distance / window)
    weights = weights / weights.sum(axis=1, keepdims=True)
    x, y = (weights * distance).sum(axis=1), weights @ values
    xx = (weights * distance**2).sum(axis=1) - x**2
    xy = (weights * distance) @ values - x * y
    slope = np.divide(xy, xx, out=np.zeros_like(xy), where=xx > 0)
    return y - slope * x


def moderate(variances, ranks, freedom):
    """The logarithm of the first standard deviation in steps, and weights, of each candidate."""
    count = len(variances)
    logs = np.log(np.maximum(variances, 0.1 * variances[variances > 0].min()))
    anchors = np.linspace(0, count - 1, min(count, 33))
    # Of each candidate: the parts of the two anchors around it.
    position = ranks / (anchors[1] - anchors[0])
    first = np.minimum(position.astype(int), len(anchors) - 2)
    part = np.clip(position - first, 0, 1)
    mix = np.zeros((count, len(anchors)))
    mix[np.arange(count), first] = 1 - part
    mix[np.arange(count), first + 1] += part
    trend = mix @ local_lines(ranks, logs, anchors, max(0.2 * count, 12))
    relative = (logs - trend) / LOG_VARIANCE_STEP
    lowest, highest = relative.min(), relative.max()
    start = lowest - 1 / LOG_VARIANCE_STEP
    cells = int(np.ceil(highest + 7 / LOG_VARIANCE_STEP - start)) + 1

    def likelihood(relative):
        ratio = LOG_VARIANCE_STEP * (relative[:, None] - start - np.arange(cells)[None, :])
        return np.exp(0.5 * freedom * (ratio - np.exp(ratio) + 1))

    parts = int((highest - lowest) * 16) + 2
    steps = (relative - lowest) * 16
    histogram = np.zeros((count, parts))
    histogram[np.arange(count), steps.astype(int)] = 1 - steps % 1
    histogram[np.arange(count), steps.astype(int) + 1] += steps % 1
    window = max(0.15 * count, 15)
    weights = tricube((ranks[None, :] - anchors[:, None]) / window) @ histogram
    rows = likelihood(lowest + np.arange(parts) / 16)
    prior = np.full((len(anchors), cells), 1 / cells)
    for _ in range(min(max(count // 5, 1), 50)):
        factor = weights / (prior @ rows.T)
        prior = prior * (factor @ rows)
        prior /= prior.sum(axis=1, keepdims=True)
    posterior = (mix @ prior) * likelihood(relative)
    posterior /= posterior.sum(axis=1, keepdims=True)
    posterior[posterior <= 1e-9] = 0
    posterior /= posterior.sum(axis=1, keepdims=True)
    return start + trend / LOG_VARIANCE_STEP, posterior


def tail(first, weights, x):
    """P(error > x) for an array of x."""
    index = np.log(np.where(x == 0, 1, np.abs(x)) / NEAREST) / CELL
    index = index[..., None] - (first + np.arange(len(weights))) * 16
    cell = np.floor(index)
    part = index - cell
    inside = (cell >= 0) & (cell + 1 <= CELLS)
    low = TAILS[np.clip(cell, 0, CELLS).astype(int)]
    high = TAILS[np.clip(cell + 1, 0, CELLS).astype(int)]
    values = np.where(inside, low + part * (high - low), np.where(cell < 0, 0.5, 0))
    upper = values @ weights
    return np.where(x == 0, 0.5, np.where(x < 0, 1 - upper, upper))


def against_best(scores, ratio):
    """The best candidate, and the p values and adjusted p values of all."""
    count, splits = scores.shape
    means = scores.mean(axis=1)
    best = int(np.argmax(means))
    variances = split_effects(scores)
    typical = np.median(variances)
    freedom = (splits - 1) * (1 - 1 / count)
    # Means that are equal but for rounding errors share a rank.
    ranks = rankdata(np.round(means, 9)) - 1
    first, weights = moderate(variances / typical, ranks, freedom)
    distances = np.abs(means - means[best]) / np.sqrt(typical * (1 / splits + ratio))
    used = np.flatnonzero(weights[best])
    scales = np.exp(STEP * (first[best] + used))
    steps = int(np.ceil(np.log(12 * scales.max() / (0.001 * scales.min())) / STEP))
    magnitudes = 0.001 * scales.min() * np.exp(STEP * np.arange(steps + 1))
    values = np.concatenate([-magnitudes[::-1], magnitudes])
    normal = np.exp(-0.5 * (values[:, None] / scales) ** 2) / np.sqrt(2 * np.pi) / scales
    tiny = np.finfo(float).tiny
    density = np.log(np.maximum(normal @ weights[best][used] * np.abs(values), tiny))
    below = np.array([tail(first[i], weights[i], -values) for i in range(count)])
    below = np.maximum(below, tiny)
    single, adjusted = np.ones(count), np.ones(count)
    remaining = [i for i in range(count) if i != best]
    largest = 0.0
    while remaining and largest < 1:
        logs = density + np.log(below[remaining]).sum(axis=0)
        luck = np.exp(logs - logs.max())
        luck /= luck.sum()
        luck[luck <= 1e-12] = 0
        for i in remaining:
            far = tail(first[i], weights[i], distances[i] - values)
            single[i] = min(luck @ np.minimum(far / below[i], 1), 1)
        remaining.sort(key=lambda i: (single[i], i))
        clear = sum(single[i] * len(remaining) < 1e-4 for i in remaining)
        decided = max(-(-len(remaining) // 64), clear)
        for rank, i in enumerate(remaining[:decided]):
            largest = max(largest, min(single[i] * (len(remaining) - rank), 1))
            adjusted[i] = largest
        remaining = remaining[decided:]
    return best, single, adjusted
