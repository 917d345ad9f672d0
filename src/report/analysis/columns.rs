//! The columns that the analysis adds to the frame of trials.

use super::conclusions::Analysis;
use crate::report::results::trial_frame::trial_positions;
use polars::prelude::*;

/// Whether the sweep file's rule chooses the trial.
pub(crate) const CHOSEN: &str = "chosen";

/// Whether the trial is within all limits of the rule, if the rule has limits.
const WITHIN_LIMITS: &str = "within_limits";

/// Whether the trial is distinguishable from the best.
pub(crate) const DIFFERS: &str = "differs_from_best";

/// Whether the trial is on the Pareto front of score, time and memory.
pub(crate) const PARETO: &str = "pareto";

/// The p value of the comparison with the best trial.
pub(crate) const P_AGAINST_BEST: &str = "p_against_best";

/// The bounds of the 95 % interval of the mean score.
pub(crate) const INTERVAL: [&str; 2] = ["interval_low", "interval_high"];

/// Adds the columns of the analysis to the frame of trials, after the validation metrics.
///
/// # Errors
/// A column of the frame is missing.
pub(crate) fn with_analysis(mut frame: DataFrame, analysis: &Analysis) -> PolarsResult<DataFrame> {
    let trials = trial_positions(&frame)?;
    let each = |of: &dyn Fn(usize) -> Option<f64>| -> Vec<Option<f64>> {
        trials.iter().map(|&trial| of(trial)).collect()
    };
    let flags = |of: &dyn Fn(usize) -> Option<bool>| -> Vec<Option<bool>> {
        trials.iter().map(|&trial| of(trial)).collect()
    };
    let interval = |trial: usize| analysis.intervals[trial].as_ref();
    let mut columns = vec![
        Column::new(
            INTERVAL[0].into(),
            each(&|trial| Some(interval(trial)?.low)),
        ),
        Column::new(
            INTERVAL[1].into(),
            each(&|trial| Some(interval(trial)?.high)),
        ),
        Column::new(
            P_AGAINST_BEST.into(),
            each(&|trial| analysis.p_values_vs_best[trial]),
        ),
        Column::new(
            DIFFERS.into(),
            flags(&|trial| analysis.differs_from_best(trial)),
        ),
        Column::new(
            CHOSEN.into(),
            flags(&|trial| analysis.chosen.map(|chosen| chosen == trial)),
        ),
        Column::new(
            PARETO.into(),
            flags(&|trial| analysis.on_pareto_front[trial]),
        ),
    ];
    let selection = &analysis.selection;
    if !selection.excluded.is_empty() {
        columns.push(Column::new(
            WITHIN_LIMITS.into(),
            flags(&|trial| selection.is_within_limits[trial]),
        ));
    }
    // After the validation metrics, from which they are computed.
    let names = frame.get_column_names();
    let last = names.iter().rposition(|name| name.contains("val_"));
    let first = last.map_or(names.len(), |last| last + 1);
    for (offset, column) in columns.into_iter().enumerate() {
        frame.insert_column(first + offset, column)?;
    }
    Ok(frame)
}
