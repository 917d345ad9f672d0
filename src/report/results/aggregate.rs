//! Means, standard deviations, minima and maxima of groups of rows.
//!
//! The only use of polars' eager aggregations. They are deprecated in favour of the lazy ones,
//! which would more than double the time of a cold build (docs/decisions/0010-eager-polars.md).
#![expect(
    deprecated,
    reason = "the lazy crates cost more build time than all the rest of polars"
)]

use polars::prelude::*;

/// The mean of each metric over the rows of each group with equal values in `by`, as `mean_<metric>`.
pub(crate) fn means(frame: &DataFrame, by: &[&str], metrics: &[&str]) -> PolarsResult<DataFrame> {
    let means = frame
        .group_by_stable(by.iter().copied())?
        .select(metrics.iter().copied())
        .mean()?;
    renamed(means, "_mean", "mean_")
}

/// The sample standard deviation (divided by n − 1) of each metric, as `std_<metric>`.
pub(crate) fn deviations(
    frame: &DataFrame,
    by: &[&str],
    metrics: &[&str],
) -> PolarsResult<DataFrame> {
    let deviations = frame
        .group_by_stable(by.iter().copied())?
        .select(metrics.iter().copied())
        .std(1)?;
    renamed(deviations, "_agg_std", "std_")
}

/// The maximum of each metric, as `max_<metric>`.
pub(crate) fn maxima(frame: &DataFrame, by: &[&str], metrics: &[&str]) -> PolarsResult<DataFrame> {
    let maxima = frame
        .group_by_stable(by.iter().copied())?
        .select(metrics.iter().copied())
        .max()?;
    renamed(maxima, "_max", "max_")
}

/// The minimum of each metric, as `min_<metric>`.
pub(crate) fn minima(frame: &DataFrame, by: &[&str], metrics: &[&str]) -> PolarsResult<DataFrame> {
    let minima = frame
        .group_by_stable(by.iter().copied())?
        .select(metrics.iter().copied())
        .min()?;
    renamed(minima, "_min", "min_")
}

/// The number of rows of each group, in the order of the groups' first rows.
pub(crate) fn counts(frame: &DataFrame, by: &str) -> PolarsResult<Vec<usize>> {
    let groups = frame.group_by_stable([by])?;
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
