//! One row for each epoch of each finished run, and means over its groups.

use super::aggregate;
use crate::metrics::{EpochMetrics, PartScore};
use crate::plan::Plan;
use crate::record::Results;
use polars::prelude::*;
use std::collections::HashMap;

/// A metric of each epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EpochMetric {
    /// A score.
    Score(PartScore),
    /// The gradient norm of the layer with this index, counted from the input.
    GradientNorm(usize),
}

/// A metric after an epoch: the mean of a group of runs or splits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct EpochMean {
    /// The epoch, counted from 1.
    pub(crate) epoch: usize,
    pub(crate) mean: f64,
    /// The lowest value of the group.
    pub(crate) low: f64,
    /// The highest value of the group.
    pub(crate) high: f64,
}

/// A metric of a trial after an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TrialEpoch {
    /// The epoch, counted from 1.
    pub(crate) epoch: usize,
    /// The mean over the trial's runs that have it; `None` if there are none.
    pub(crate) mean: Option<f64>,
    /// Their sample standard deviation; `None` for fewer than two.
    pub(crate) deviation: Option<f64>,
}

const TRIAL: &str = "trial";
const SPLIT: &str = "split";
const EPOCH: &str = "epoch";
const GROUP: &str = "group";
const IS_LAST: &str = "is_last";

/// One row for each epoch of each finished run: trial, split, epoch and metrics.
pub(crate) struct EpochFrame(DataFrame);

impl EpochMetric {
    fn column(self) -> String {
        match self {
            Self::Score(score) => score.id(),
            Self::GradientNorm(layer) => format!("gradient_norm_{layer}"),
        }
    }

    pub(super) fn value(self, epoch: &EpochMetrics) -> Option<f64> {
        match self {
            Self::Score(score) => epoch.score(score),
            Self::GradientNorm(layer) => epoch.gradient_norms.get(layer).copied(),
        }
    }
}

impl EpochFrame {
    /// The epochs of the finished runs of these trials.
    ///
    /// # Errors
    /// Polars refuses an operation; no result can cause this.
    pub(crate) fn new(
        plan: &Plan,
        results: &Results,
        trials: impl IntoIterator<Item = usize>,
        metrics: &[EpochMetric],
    ) -> PolarsResult<Self> {
        let [mut of_trial, mut split, mut of_epoch] = [const { Vec::<u32>::new() }; 3];
        let mut is_last = Vec::new();
        let mut values = vec![Vec::<Option<f64>>::new(); metrics.len()];
        for trial in trials {
            for (position, run) in plan.runs_of(trial).enumerate() {
                let Some(result) = results.finished(run) else {
                    continue;
                };
                for (index, epoch) in result.epochs.iter().enumerate() {
                    of_trial.push(trial as u32);
                    split.push(position as u32);
                    of_epoch.push(index as u32 + 1);
                    is_last.push(index + 1 == result.epochs.len());
                    for (column, metric) in values.iter_mut().zip(metrics) {
                        column.push(metric.value(epoch));
                    }
                }
            }
        }
        let height = of_trial.len();
        let mut columns = vec![
            Column::new(TRIAL.into(), of_trial),
            Column::new(SPLIT.into(), split),
            Column::new(EPOCH.into(), of_epoch),
            Column::new(IS_LAST.into(), is_last),
        ];
        for (metric, values) in metrics.iter().zip(values) {
            columns.push(Column::new(metric.column().into(), values));
        }
        DataFrame::new(height, columns).map(Self)
    }

    /// The number of epochs of the longest run.
    pub(crate) fn epochs(&self) -> PolarsResult<usize> {
        Ok(self.0.column(EPOCH)?.u32()?.max().unwrap_or(0) as usize)
    }

    /// The rows of the first epoch of each run, and those of the last.
    pub(crate) fn first_and_last(&self) -> PolarsResult<[Self; 2]> {
        let is_first = self.0.column(EPOCH)?.u32()?.equal(1);
        let is_last = self.0.column(IS_LAST)?.bool()?;
        Ok([
            Self(self.0.filter(&is_first)?),
            Self(self.0.filter(is_last)?),
        ])
    }

    /// The mean of each metric over all runs after each epoch, with the lowest and the highest run.
    pub(crate) fn over_runs(&self, metrics: &[EpochMetric]) -> PolarsResult<Vec<Vec<EpochMean>>> {
        let columns: Vec<String> = metrics.iter().map(|metric| metric.column()).collect();
        let groups = vec![0_u32; self.0.height()];
        let frame = self.0.hstack(&[Column::new(GROUP.into(), groups)])?;
        let means = means_by_epoch(&frame, &columns, 1)?;
        Ok(means.into_iter().flatten().collect())
    }

    /// For each of the `groups` groups of trials, the mean of each metric over the splits after each epoch, with the
    /// lowest and the highest split. The value of a split is the mean over the trials of the group. `group_of` gives the
    /// group of a trial, a number less than `groups`, if it has one.
    pub(crate) fn over_splits(
        &self,
        metrics: &[EpochMetric],
        groups: usize,
        group_of: impl Fn(usize) -> Option<usize>,
    ) -> PolarsResult<Vec<Vec<Vec<EpochMean>>>> {
        let trials = self.0.column(TRIAL)?.u32()?;
        let group = trials
            .iter()
            .map(|trial| group_of(trial? as usize).map(|group| group as u32));
        let group = Column::new(GROUP.into(), group.collect::<Vec<Option<u32>>>());
        let has_group = group.is_not_null();
        let mut frame = self.0.hstack(&[group])?;
        if !has_group.all() {
            frame = frame.filter(&has_group)?;
        }
        let columns: Vec<String> = metrics.iter().map(|metric| metric.column()).collect();
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let splits = aggregate::means(&frame, &[GROUP, EPOCH, SPLIT], &names)?;
        let means: Vec<String> = columns.iter().map(|name| format!("mean_{name}")).collect();
        means_by_epoch(&splits, &means, groups)
    }

    /// The mean of a metric over the runs of each trial after each epoch, by the trial's position.
    pub(crate) fn by_trial(
        &self,
        metric: EpochMetric,
    ) -> PolarsResult<HashMap<usize, Vec<TrialEpoch>>> {
        let column = metric.column();
        let keys = [TRIAL, EPOCH];
        let means = aggregate::means(&self.0, &keys, &[&column])?;
        let deviations = aggregate::deviations(&self.0, &keys, &[&column])?;
        let (trials, epochs) = (means.column(TRIAL)?.u32()?, means.column(EPOCH)?.u32()?);
        let mean = means.column(&format!("mean_{column}"))?.f64()?;
        let deviation = deviations.column(&format!("std_{column}"))?.f64()?;
        let mut by_trial: HashMap<usize, Vec<TrialEpoch>> = HashMap::new();
        let rows = trials
            .iter()
            .zip(epochs.iter())
            .zip(mean.iter().zip(deviation.iter()));
        for ((trial, epoch), (mean, deviation)) in rows {
            if let (Some(trial), Some(epoch)) = (trial, epoch) {
                by_trial
                    .entry(trial as usize)
                    .or_default()
                    .push(TrialEpoch {
                        epoch: epoch as usize,
                        mean,
                        deviation,
                    });
            }
        }
        Ok(by_trial)
    }

    /// The mean of a metric over all rows of each trial, by the trial's position.
    pub(crate) fn trial_means(&self, metric: EpochMetric) -> PolarsResult<HashMap<usize, f64>> {
        let column = metric.column();
        let means = aggregate::means(&self.0, &[TRIAL], &[&column])?;
        let trials = means.column(TRIAL)?.u32()?;
        let mean = means.column(&format!("mean_{column}"))?.f64()?;
        let pairs = trials.iter().zip(mean.iter());
        Ok(pairs
            .filter_map(|(trial, mean)| Some((trial? as usize, mean?)))
            .collect())
    }
}

/// For each group, the mean of each column after each epoch, with its lowest and highest value. Epochs without a value
/// are left out.
fn means_by_epoch(
    frame: &DataFrame,
    columns: &[String],
    groups: usize,
) -> PolarsResult<Vec<Vec<Vec<EpochMean>>>> {
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    let [means, lowest, highest] = aggregate::ranges(frame, &[GROUP, EPOCH], &names)?;
    let (of_group, epochs) = (means.column(GROUP)?.u32()?, means.column(EPOCH)?.u32()?);
    let mut found = vec![vec![Vec::new(); columns.len()]; groups];
    for (position, column) in columns.iter().enumerate() {
        let mean = means.column(&format!("mean_{column}"))?.f64()?;
        let low = lowest.column(&format!("min_{column}"))?.f64()?;
        let high = highest.column(&format!("max_{column}"))?.f64()?;
        let values = mean.iter().zip(low.iter().zip(high.iter()));
        for ((group, epoch), values) in of_group.iter().zip(epochs.iter()).zip(values) {
            if let (Some(group), Some(epoch), (Some(mean), (Some(low), Some(high)))) =
                (group, epoch, values)
            {
                let point = EpochMean {
                    epoch: epoch as usize,
                    mean,
                    low,
                    high,
                };
                if let Some(group) = found.get_mut(group as usize) {
                    group[position].push(point);
                }
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{Part, Score};

    /// The rows (trial, split, epoch, validation loss).
    fn frame(rows: &[(u32, u32, u32, Option<f64>)], metric: EpochMetric) -> EpochFrame {
        let values: Vec<Option<f64>> = rows.iter().map(|row| row.3).collect();
        let columns = vec![
            Column::new(
                TRIAL.into(),
                rows.iter().map(|row| row.0).collect::<Vec<_>>(),
            ),
            Column::new(
                SPLIT.into(),
                rows.iter().map(|row| row.1).collect::<Vec<_>>(),
            ),
            Column::new(
                EPOCH.into(),
                rows.iter().map(|row| row.2).collect::<Vec<_>>(),
            ),
            Column::new(metric.column().into(), values),
        ];
        EpochFrame(DataFrame::new(rows.len(), columns).unwrap())
    }

    #[test]
    fn splits_are_averaged_within_each_group_and_epochs_without_a_value_are_left_out() {
        let metric = EpochMetric::Score(Part::Validation.score(Score::LOSS));
        let rows = [
            // Two trials of the first group, of which one stops after an epoch.
            (0, 0, 1, Some(1.0)),
            (0, 0, 2, Some(0.5)),
            (0, 1, 1, Some(3.0)),
            (1, 0, 1, Some(2.0)),
            (1, 1, 1, Some(5.0)),
            // No group.
            (2, 0, 1, Some(100.0)),
            // The second group.
            (3, 0, 1, Some(7.0)),
            (3, 0, 2, None),
        ];
        let group_of = |trial: usize| [Some(0), Some(0), None, Some(1)][trial];
        let means = frame(&rows, metric).over_splits(&[metric], 3, group_of);
        let point = |epoch, mean, low, high| EpochMean {
            epoch,
            mean,
            low,
            high,
        };
        let expected = vec![
            // The splits have the means 1.5 and 4.
            vec![vec![point(1, 2.75, 1.5, 4.0), point(2, 0.5, 0.5, 0.5)]],
            vec![vec![point(1, 7.0, 7.0, 7.0)]],
            vec![vec![]],
        ];
        assert_eq!(means.unwrap(), expected);
    }
}
