//! Means, standard deviations, minima and maxima of groups of rows.
//!
//! The only use of polars' eager aggregations. They are deprecated in favour of the lazy ones,
//! which would more than double the time of a cold build (docs/decisions/0010-eager-polars.md).
#![expect(
    deprecated,
    reason = "the lazy crates cost more build time than all the rest of polars"
)]

use polars::prelude::*;

/// A frame with fewer rows is grouped by the calling thread: waking others takes longer.
const MIN_PARALLEL_ROWS: usize = 100_000;

/// The rows in groups with equal values in `by`, in the order of the groups' first rows.
fn grouped<'a>(frame: &'a DataFrame, by: &[&str]) -> PolarsResult<GroupBy<'a>> {
    let keys = by.iter().map(|name| frame.column(name).cloned());
    let keys = keys.collect::<PolarsResult<Vec<Column>>>()?;
    frame.group_by_with_series(keys, frame.height() >= MIN_PARALLEL_ROWS, true)
}

/// The metrics of the rows of each group with equal values in `by`.
fn metrics_by_group<'a>(
    frame: &'a DataFrame,
    by: &[&str],
    metrics: &[&str],
) -> PolarsResult<GroupBy<'a>> {
    Ok(grouped(frame, by)?.select(metrics.iter().copied()))
}

/// The mean of each metric over the rows of each group with equal values in `by`, as `mean_<metric>`.
pub(crate) fn means(frame: &DataFrame, by: &[&str], metrics: &[&str]) -> PolarsResult<DataFrame> {
    mean(&metrics_by_group(frame, by, metrics)?)
}

/// The sample standard deviation (divided by n − 1) of each metric, as `std_<metric>`.
pub(crate) fn deviations(
    frame: &DataFrame,
    by: &[&str],
    metrics: &[&str],
) -> PolarsResult<DataFrame> {
    let groups = metrics_by_group(frame, by, metrics)?;
    renamed(groups.std(1)?, "_agg_std", "std_")
}

/// The maximum of each metric, as `max_<metric>`.
pub(crate) fn maxima(frame: &DataFrame, by: &[&str], metrics: &[&str]) -> PolarsResult<DataFrame> {
    maximum(&metrics_by_group(frame, by, metrics)?)
}

/// The mean of each metric as `mean_<metric>`, the minimum as `min_<metric>`, and the maximum as `max_<metric>`.
pub(crate) fn ranges(
    frame: &DataFrame,
    by: &[&str],
    metrics: &[&str],
) -> PolarsResult<[DataFrame; 3]> {
    let groups = metrics_by_group(frame, by, metrics)?;
    let minimum = renamed(groups.min()?, "_min", "min_")?;
    Ok([mean(&groups)?, minimum, maximum(&groups)?])
}

fn mean(groups: &GroupBy) -> PolarsResult<DataFrame> {
    renamed(groups.mean()?, "_mean", "mean_")
}

fn maximum(groups: &GroupBy) -> PolarsResult<DataFrame> {
    renamed(groups.max()?, "_max", "max_")
}

/// The number of rows of each group, in the order of the groups' first rows.
pub(crate) fn counts(frame: &DataFrame, by: &str) -> PolarsResult<Vec<usize>> {
    let groups = grouped(frame, &[by])?;
    Ok(groups
        .get_groups()
        .iter()
        .map(|group| group.len())
        .collect())
}

/// Replaces the suffix of polars' aggregates by a prefix.
fn renamed(mut frame: DataFrame, ending: &str, beginning: &str) -> PolarsResult<DataFrame> {
    for name in frame.get_column_names_owned() {
        if let Some(metric) = name.strip_suffix(ending) {
            frame.rename(&name, format!("{beginning}{metric}").into())?;
        }
    }
    Ok(frame)
}
