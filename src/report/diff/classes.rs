//! The classes of the validation samples: their recall in two trials, and the confusions that differ
//! most.

use super::recorded_trial::RecordedTrial;
use crate::metrics::ClassificationCounts;
use crate::record::RunClassification;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::locale::Locale;
use crate::report::results::class_names::ClassNames;
use crate::spec::Language;

/// Maximum number of listed classes.
const MAX_CLASSES: usize = 20;

/// Maximum number of listed confusions.
const MAX_CONFUSIONS: usize = 10;

/// Adds the recall of each class and the confusions that differ most. `same_samples` states whether
/// both trials are validated on the same samples. Adds nothing if the classes of the trials differ or
/// were not recorded.
pub(crate) fn add_classes(
    document: &mut Document,
    locale: Locale,
    recorded: [&RecordedTrial; 2],
    same_samples: bool,
) {
    let [Some(a), Some(b)] = counts(recorded, same_samples) else {
        return;
    };
    let [names, names_of_b] = recorded.map(|recorded| &recorded.class_names);
    if a.confusion.len() != b.confusion.len() || names != names_of_b {
        return;
    }
    let names = ClassNames(names);
    document.section(locale.tr("Classes", "Classes"));
    document.paragraph(locale.tr(
        "Recall: the fraction of the validation samples of a class that are classified correctly. \
         The largest difference is first.",
        "Rappel : la part des exemples de validation d’une classe qui sont bien classés. La plus \
         grande différence est la première.",
    ));
    let differences = recall_differences([&a, &b]);
    document.table(recall_table(locale, names, &differences));
    let rest = differences.len().saturating_sub(MAX_CLASSES);
    if rest > 0 {
        document.paragraph(match (locale.language, rest) {
            (Language::English, 1) => "1 more class is not listed.".to_owned(),
            (Language::English, _) => format!("{rest} more classes are not listed."),
            (Language::French, 1) => "1 autre classe n’est pas listée.".to_owned(),
            (Language::French, _) => format!("{rest} autres classes ne sont pas listées."),
        });
    }
    let confusions = confusion_differences([&a, &b]);
    if same_samples && !confusions.is_empty() {
        document.paragraph(locale.tr(
            "The confusions that differ most, as numbers of validation samples:",
            "Les confusions qui diffèrent le plus, en nombres d’exemples de validation :",
        ));
        document.table(confusion_table(locale, names, &confusions));
    }
}

/// The counts of each trial, summed over its runs. If the trials are validated on the same samples, only
/// runs count that both trials have, so that the samples stay the same.
fn counts([a, b]: [&RecordedTrial; 2], same_samples: bool) -> [Option<ClassificationCounts>; 2] {
    if same_samples {
        let pairs = a.classes.iter().zip(&b.classes);
        let common = pairs.filter_map(|(a, b)| Some((a.as_ref()?, b.as_ref()?)));
        let (a, b): (Vec<_>, Vec<_>) = common.unzip();
        [sum(a), sum(b)]
    } else {
        [a, b].map(|trial| sum(trial.classes.iter().flatten().collect()))
    }
}

/// The sum of the validation counts; `None` if there are none or their classes differ.
fn sum(runs: Vec<&RunClassification>) -> Option<ClassificationCounts> {
    let mut runs = runs.into_iter();
    let first = runs.next()?.clone();
    runs.try_fold(first, RunClassification::merge)?.validation
}

/// The recall of a class in both trials; `None` without samples of the class.
#[derive(Clone, Copy, Debug, PartialEq)]
struct RecallDifference {
    class: usize,
    recall: [Option<f64>; 2],
}

impl RecallDifference {
    /// The recall with B minus that with A.
    fn difference(&self) -> Option<f64> {
        Some(self.recall[1]? - self.recall[0]?)
    }
}

/// The recall of each class that has samples, the largest difference first.
fn recall_differences([a, b]: [&ClassificationCounts; 2]) -> Vec<RecallDifference> {
    let pairs = a.accuracies().into_iter().zip(b.accuracies()).enumerate();
    let mut rows: Vec<RecallDifference> = pairs
        .map(|(class, (a, b))| RecallDifference {
            class,
            recall: [a, b],
        })
        .filter(|row| row.recall != [None, None])
        .collect();
    let size = |row: &RecallDifference| row.difference().map_or(-1.0, f64::abs);
    rows.sort_by(|one, other| size(other).total_cmp(&size(one)));
    rows
}

/// How often samples of a class are predicted as another class, in both trials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ConfusionDifference {
    class: usize,
    predicted: usize,
    samples: [u64; 2],
}

/// The confusions that differ, the largest difference first.
fn confusion_differences([a, b]: [&ClassificationCounts; 2]) -> Vec<ConfusionDifference> {
    let mut confusions = Vec::new();
    for (class, rows) in a.confusion.iter().zip(&b.confusion).enumerate() {
        for (predicted, (&a, &b)) in rows.0.iter().zip(rows.1).enumerate() {
            if class != predicted && a != b {
                confusions.push(ConfusionDifference {
                    class,
                    predicted,
                    samples: [a, b],
                });
            }
        }
    }
    confusions.sort_by_key(|one| std::cmp::Reverse(one.samples[0].abs_diff(one.samples[1])));
    confusions
}

fn recall_table(locale: Locale, names: ClassNames, rows: &[RecallDifference]) -> Table {
    let headers = [
        (locale.tr("class", "classe"), Align::Left),
        (locale.tr("A: recall %", "A : rappel %"), Align::Right),
        (locale.tr("B: recall %", "B : rappel %"), Align::Right),
        (
            locale.tr("difference (B − A)", "différence (B − A)"),
            Align::Right,
        ),
    ];
    let mut table = Table::new(headers.map(|(header, align)| (header.to_owned(), align)));
    for row in rows.iter().take(MAX_CLASSES) {
        table.row(vec![
            names.of(row.class as u16),
            locale.percent(row.recall[0]),
            locale.percent(row.recall[1]),
            locale.points(row.difference()),
        ]);
    }
    table
}

fn confusion_table(locale: Locale, names: ClassNames, rows: &[ConfusionDifference]) -> Table {
    let headers = [
        (locale.tr("class", "classe"), Align::Left),
        (locale.tr("predicted as", "prédite"), Align::Left),
        ("A", Align::Right),
        ("B", Align::Right),
        (
            locale.tr("difference (B − A)", "différence (B − A)"),
            Align::Right,
        ),
    ];
    let mut table = Table::new(headers.map(|(header, align)| (header.to_owned(), align)));
    for row in rows.iter().take(MAX_CONFUSIONS) {
        let [a, b] = row.samples;
        table.row(vec![
            names.of(row.class as u16),
            names.of(row.predicted as u16),
            a.to_string(),
            b.to_string(),
            format!("{:+}", i128::from(b) - i128::from(a)),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classified(confusion: [[u64; 3]; 3]) -> RunClassification {
        let counts = ClassificationCounts {
            confusion: confusion.map(Vec::from).to_vec(),
            ..ClassificationCounts::new(3)
        };
        RunClassification {
            validation: Some(counts.clone()),
            test: counts,
        }
    }

    fn trial(runs: &[Option<[[u64; 3]; 3]>]) -> RecordedTrial {
        RecordedTrial {
            classes: runs.iter().map(|run| run.map(classified)).collect(),
            ..RecordedTrial::default()
        }
    }

    #[test]
    fn the_largest_difference_of_recall_is_first_and_a_class_without_samples_is_left_out() {
        let a = classified([[8, 2, 0], [1, 9, 0], [0, 0, 0]])
            .validation
            .unwrap();
        let b = classified([[9, 1, 0], [6, 4, 0], [0, 0, 0]])
            .validation
            .unwrap();
        let found = recall_differences([&a, &b]);
        let classes: Vec<usize> = found.iter().map(|row| row.class).collect();
        assert_eq!(classes, [1, 0]);
        assert_eq!(found[0].recall, [Some(0.9), Some(0.4)]);
        assert_eq!(found[0].difference(), Some(-0.5));
    }

    #[test]
    fn confusions_are_listed_by_their_difference_and_equal_ones_are_not() {
        let a = classified([[8, 2, 0], [1, 9, 0], [3, 0, 7]])
            .validation
            .unwrap();
        let b = classified([[8, 1, 1], [6, 4, 0], [3, 0, 7]])
            .validation
            .unwrap();
        let found = confusion_differences([&a, &b]);
        let shown: Vec<_> = found
            .iter()
            .map(|one| (one.class, one.predicted, one.samples))
            .collect();
        assert_eq!(shown, [(1, 0, [1, 6]), (0, 1, [2, 1]), (0, 2, [0, 1])]);
    }

    #[test]
    fn only_common_runs_count_if_the_samples_are_the_same() {
        let fold = [[8, 2, 0], [1, 9, 0], [0, 0, 10]];
        let a = trial(&[Some(fold), Some(fold)]);
        let b = trial(&[None, Some(fold)]);
        let samples = |same_samples| {
            counts([&a, &b], same_samples).map(|counts| {
                let confusion = counts.unwrap().confusion;
                confusion.iter().flatten().sum::<u64>()
            })
        };
        assert_eq!(samples(true), [30, 30]);
        assert_eq!(samples(false), [60, 30]);
        assert_eq!(counts([&a, &trial(&[None, None])], true), [None, None]);
    }
}
