//! The validation samples that both trials, one of them or neither classifies correctly.

use super::pairing::{PairedSample, Pairing};
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::locale::Locale;
use crate::report::results::class_names::ClassNames;
use crate::spec::Language;
use statistics::mcnemar;

/// Maximum number of listed samples for each trial.
const MAX_SAMPLES: usize = 20;

/// Adds the numbers of samples, McNemar's test, and the samples that only one trial classifies
/// correctly. `names` are the names of the classes; `runs` is the number of runs of each trial.
pub(crate) fn add_samples(
    document: &mut Document,
    locale: Locale,
    pairing: &Pairing,
    names: ClassNames,
    runs: usize,
) {
    let samples = pairing.samples().count();
    let is_repeated = pairing.len() > samples;
    document.section(locale.tr("Validation samples", "Exemples de validation"));
    document.paragraph(introduction(locale, pairing, samples, runs));
    document.table(outcome_table(locale, pairing));
    let [a, b] = [0, 1].map(|trial| pairing.in_favour_of(trial));
    document.paragraph(test_note(locale, [a.len(), b.len()], is_repeated));
    for (name, samples) in [("A", a), ("B", b)] {
        if samples.is_empty() {
            continue;
        }
        document.subsection(&match (locale.language, is_repeated) {
            (Language::English, false) => format!("Classified correctly by {name} only"),
            (Language::English, true) => format!("Classified correctly more often by {name}"),
            (Language::French, false) => format!("Bien classés par {name} seulement"),
            (Language::French, true) => format!("Bien classés plus souvent par {name}"),
        });
        if samples.len() > MAX_SAMPLES {
            let count = samples.len();
            document.paragraph(match locale.language {
                Language::English => format!("The first {MAX_SAMPLES} of {count} samples."),
                Language::French => format!("Les {MAX_SAMPLES} premiers exemples sur {count}."),
            });
        }
        document.table(sample_table(locale, names, &samples));
    }
}

/// Which samples are compared.
fn introduction(locale: Locale, pairing: &Pairing, samples: usize, runs: usize) -> String {
    let predictions = pairing.len();
    let mut text = match (locale.language, predictions == samples) {
        (Language::English, true) => format!(
            "Both trials classify the same {samples} validation samples, each with a model that was \
             not trained on it."
        ),
        (Language::English, false) => format!(
            "Both trials classify the same {samples} validation samples in several repeats, each \
             with models that were not trained on it. A sample counts once per repeat: there are \
             {predictions} predictions of each trial."
        ),
        (Language::French, true) => format!(
            "Les deux essais classent les mêmes {samples} exemples de validation, chacun par un \
             modèle qui ne l’a pas vu à l’entraînement."
        ),
        (Language::French, false) => format!(
            "Les deux essais classent les mêmes {samples} exemples de validation en plusieurs \
             répétitions, chacun par des modèles qui ne l’ont pas vu à l’entraînement. Un exemple \
             compte une fois par répétition : il y a {predictions} prédictions de chaque essai."
        ),
    };
    text.push_str(locale.tr(
        " The number of a sample is its position in the training data, from 0.",
        " Le numéro d’un exemple est sa position dans les données d’entraînement, à partir de 0.",
    ));
    if pairing.runs < runs {
        let common = pairing.runs;
        text.push_str(&match locale.language {
            Language::English => {
                format!(" Only {common} of {runs} runs have predictions of both trials.")
            }
            Language::French => format!(
                " Seulement {common} des {runs} entraînements ont des prédictions des deux essais."
            ),
        });
    }
    text
}

fn outcome_table(locale: Locale, pairing: &Pairing) -> Table {
    let labels = |name: &str| match locale.language {
        Language::English => [format!("{name} correct"), format!("{name} wrong")],
        Language::French => [format!("{name} juste"), format!("{name} faux")],
    };
    let corner = locale.tr("predictions", "prédictions");
    let headers = labels("B").map(|label| (label, Align::Right));
    let columns = [(corner.to_owned(), Align::Left)]
        .into_iter()
        .chain(headers);
    let mut table = Table::new(columns);
    for (label, counts) in labels("A").into_iter().zip(pairing.outcomes()) {
        table.row([vec![label], counts.map(|count| count.to_string()).into()].concat());
    }
    table
}

/// McNemar's test in words. With repeats, a sample counts once: for the trial that classifies it
/// correctly more often, because several predictions for one sample are not independent.
fn test_note(locale: Locale, [a, b]: [usize; 2], is_repeated: bool) -> String {
    let p = locale.p_equality(mcnemar(a as u64, b as u64));
    let (counts, test) = match (locale.language, is_repeated) {
        (Language::English, false) => (
            format!("A alone classifies {a} samples correctly, B alone {b}"),
            "McNemar’s exact test",
        ),
        (Language::English, true) => (
            format!(
                "A classifies {a} samples correctly more often than B, B classifies {b} more often \
                 than A"
            ),
            "exact sign test",
        ),
        (Language::French, false) => (
            format!("A seul classe bien {a} exemples, B seul {b}"),
            "test exact de McNemar",
        ),
        (Language::French, true) => (
            format!("{a} exemples sont plus souvent bien classés par A, {b} par B"),
            "test exact des signes",
        ),
    };
    match locale.language {
        Language::English => format!(
            "{counts} ({test}: {p}). This test is about these trained models on these samples, not \
             about the settings: trained again, each trial would classify other samples correctly."
        ),
        Language::French => format!(
            "{counts} ({test} : {p}). Ce test porte sur ces modèles entraînés et ces exemples, pas \
             sur les réglages : après un nouvel entraînement, les exemples bien classés par chaque \
             essai ne seraient plus les mêmes."
        ),
    }
}

fn sample_table(locale: Locale, names: ClassNames, samples: &[PairedSample]) -> Table {
    let headers = [
        (locale.tr("sample", "exemple"), Align::Right),
        (locale.tr("class", "classe"), Align::Left),
        (locale.tr("A predicts", "A prédit"), Align::Left),
        (locale.tr("B predicts", "B prédit"), Align::Left),
    ];
    let mut table = Table::new(headers.map(|(header, align)| (header.to_owned(), align)));
    for sample in samples.iter().take(MAX_SAMPLES) {
        let first = sample.predictions[0];
        table.row(vec![
            first.sample.to_string(),
            names.of(first.label),
            predicted_classes(names, sample, 0),
            predicted_classes(names, sample, 1),
        ]);
    }
    table
}

/// The classes that a trial predicts for a sample, the most frequent first: `9`, or `4 ×2, 9`.
fn predicted_classes(names: ClassNames, sample: &PairedSample, trial: usize) -> String {
    let mut counts: Vec<(u16, usize)> = Vec::new();
    for prediction in sample.predictions {
        let class = prediction.predicted[trial];
        match counts.iter_mut().find(|(known, _)| *known == class) {
            Some((_, count)) => *count += 1,
            None => counts.push((class, 1)),
        }
    }
    counts.sort_by_key(|&(class, count)| (std::cmp::Reverse(count), class));
    let shown = counts.into_iter().map(|(class, count)| {
        let name = names.of(class);
        match count {
            1 => name,
            _ => format!("{name} ×{count}"),
        }
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::pairing::tests::recorded;
    use super::*;

    #[test]
    fn several_predictions_for_a_sample_are_counted_by_class() {
        let names = ["cat", "dog", "owl"].map(str::to_owned);
        let repeat = |predicted: &'static [u16]| Some((&[5][..], &[1][..], predicted));
        let a = recorded(&[repeat(&[2]), repeat(&[1]), repeat(&[1])]);
        let b = recorded(&[repeat(&[0]), repeat(&[0]), repeat(&[0])]);
        let pairing = Pairing::new([&a, &b]).unwrap();
        let [sample] = pairing.in_favour_of(0)[..] else {
            panic!("one sample");
        };
        assert_eq!(
            predicted_classes(ClassNames(&names), &sample, 0),
            "dog ×2, owl"
        );
        assert_eq!(predicted_classes(ClassNames(&names), &sample, 1), "cat ×3");
    }

    #[test]
    fn a_sample_counts_once_in_the_test_however_many_repeats_there_are() {
        let english = Locale {
            language: Language::English,
        };
        // 3 · 5 predictions in favour of A, but 5 samples: p = 2 / 2⁵.
        let (samples, labels): (&[u32], &[u16]) = (&[1, 2, 3, 4, 5], &[1; 5]);
        let a = recorded(&[Some((samples, labels, &[1_u16; 5][..])); 3]);
        let b = recorded(&[Some((samples, labels, &[0_u16; 5][..])); 3]);
        let pairing = Pairing::new([&a, &b]).unwrap();
        let mut document = Document::default();
        add_samples(&mut document, english, &pairing, ClassNames(&[]), 3);
        let text = document.to_markdown("");
        assert!(
            text.contains("A classifies 5 samples correctly more often"),
            "{text}"
        );
        assert!(text.contains("exact sign test: p = 0.062"), "{text}");
        assert!(
            text.contains("| A correct   |         0 |      15 |"),
            "{text}"
        );
        assert!(
            text.contains("|      1 | 1     | 1 ×3       | 0 ×3       |"),
            "{text}"
        );
    }
}
