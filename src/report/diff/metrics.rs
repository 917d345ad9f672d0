//! The metrics of two trials next to each other.

use crate::metrics::{Part, PartScore, Score};
use crate::plan::Plan;
use crate::record::Results;
use crate::report::document::table::{Align, Table};
use crate::report::locale::{Locale, missing};
use crate::report::results::trial_frame::{
    deviation_column, mean_column, number_at, trial_positions,
};
use polars::prelude::*;
use statistics::Measured;

/// A metric of the table: its header, the values of A and B, and their difference.
type Row = [String; 4];

/// The metrics of two trials and the differences, B minus A: these scores on the validation samples, the
/// test accuracy, and costs. Scores are means over the finished runs,
/// with their standard deviations; costs are compared by their ratio. `frame` is that of
/// [`crate::report::results::trial_frame::trial_frame`].
///
/// # Errors
/// A column of the frame is missing.
pub(crate) fn metrics_table(
    locale: Locale,
    plan: &Plan,
    results: &Results,
    frame: &DataFrame,
    scores: &[Score],
    trials: [usize; 2],
) -> PolarsResult<Table> {
    let headers = [
        (locale.tr("metric", "métrique"), Align::Left),
        ("A", Align::Right),
        ("B", Align::Right),
        (
            locale.tr("difference (B − A)", "différence (B − A)"),
            Align::Right,
        ),
    ];
    let mut table = Table::new(headers.map(|(header, align)| (header.to_owned(), align)));
    let positions = trial_positions(frame)?;
    let row_of = |trial: usize| positions.iter().position(|&position| position == trial);
    // Each trial has a row.
    let rows = trials.map(|trial| row_of(trial).unwrap_or_default());
    let validation = scores.iter().map(|&score| Part::Validation.score(score));
    for score in validation.chain([Part::Test.score(Score::ACCURACY)]) {
        let values = |column: String| -> PolarsResult<[Option<f64>; 2]> {
            let [a, b] = rows.map(|row| number_at(frame, &column, row));
            Ok([a?, b?])
        };
        let (means, deviations) = (
            values(mean_column(score))?,
            values(deviation_column(score))?,
        );
        let row = score_row(locale, score, means, deviations);
        row.into_iter().for_each(|row| table.row(row.into()));
    }
    for row in cost_rows(locale, plan, results, trials) {
        table.row(row.into());
    }
    Ok(table)
}

/// A score with its standard deviation over the runs; `None` if neither trial has it.
fn score_row(
    locale: Locale,
    score: PartScore,
    means: [Option<f64>; 2],
    deviations: [Option<f64>; 2],
) -> Option<Row> {
    let value =
        |trial: usize| locale.score_with_deviation(score.score, means[trial], deviations[trial]);
    if means == [None, None] {
        return None;
    }
    let difference = means[1].zip(means[0]).map(|(b, a)| b - a);
    let difference = locale.score_difference(score.score, difference);
    Some([locale.score_header(score), value(0), value(1), difference])
}

/// Parameters, time and memory. Times within their measurement error are equal.
fn cost_rows(locale: Locale, plan: &Plan, results: &Results, trials: [usize; 2]) -> Vec<Row> {
    let profiles = trials.map(|trial| results.profiles.get(&trial).map(|found| found.profile));
    let parameters = trials.map(|trial| plan.trials[trial].config.parameters());
    let seconds = profiles.map(|profile| {
        profile.map(|profile| Measured {
            value: profile.seconds_per_epoch,
            standard_error: profile.standard_error(),
        })
    });
    let bytes = profiles.map(|profile| profile?.peak_bytes.map(|bytes| bytes as f64));
    let exact = |values: [Option<f64>; 2]| values.map(|value| value.map(Measured::from));
    let row = |header: &str, shown: [String; 2], values| {
        let [a, b] = shown;
        [header.to_owned(), a, b, ratio(locale, values)]
    };
    let mut rows = vec![row(
        locale.tr("parameters", "paramètres"),
        parameters.map(|count| count.to_string()),
        exact(parameters.map(|count| Some(count as f64))),
    )];
    if seconds.iter().any(Option::is_some) {
        rows.push(row(
            locale.tr("s/epoch", "s/époque"),
            seconds.map(|seconds| locale.seconds(seconds.map(|seconds| seconds.value))),
            seconds,
        ));
    }
    if bytes.iter().any(Option::is_some) {
        rows.push(row(
            locale.tr("peak MiB", "pic Mio"),
            bytes.map(|bytes| locale.mebibytes(bytes)),
            exact(bytes),
        ));
    }
    rows
}

/// B as a multiple of A, or that both are equal.
fn ratio(locale: Locale, values: [Option<Measured>; 2]) -> String {
    let [Some(a), Some(b)] = values else {
        return missing();
    };
    if a.differs_from(b) {
        locale.ratio(Some(b.value / a.value))
    } else {
        locale.tr("equal", "égal").to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Language;

    const ENGLISH: Locale = Locale {
        language: Language::English,
    };

    #[test]
    fn times_within_their_measurement_error_are_equal() {
        let measured = |value, standard_error| {
            Some(Measured {
                value,
                standard_error,
            })
        };
        let shown = |a, b| ratio(ENGLISH, [a, b]);
        assert_eq!(
            shown(measured(0.100, 0.002), measured(0.105, 0.002)),
            "equal"
        );
        assert_eq!(
            shown(measured(0.100, 0.001), measured(0.105, 0.001)),
            "1.05 ×"
        );
        assert_eq!(shown(measured(0.1, 0.0), None), "–");
    }

    #[test]
    fn a_loss_has_four_decimals_and_an_accuracy_percent() {
        let row = |score: Score, means, deviations| {
            score_row(ENGLISH, Part::Test.score(score), means, deviations)
        };
        assert_eq!(
            row(Score::LOSS, [Some(0.5), Some(0.25)], [Some(0.1), None]).unwrap()[1..],
            ["0.5000 ± 0.1000", "0.2500", "-0.2500"]
        );
        assert_eq!(
            row(Score::ACCURACY, [Some(0.5), Some(0.25)], [Some(0.1), None]).unwrap()[1..],
            ["50.00 ± 10.00", "25.00", "-25.00"]
        );
        assert_eq!(
            row(Score::ACCURACY, [Some(0.5), None], [None, None]).unwrap()[1..],
            ["50.00", "–", "–"]
        );
        assert_eq!(row(Score::ACCURACY, [None, None], [None, None]), None);
    }
}
