//! What determines the splits of a trial: its data, and how samples are held out for validation.

use super::compared_sweep::ComparedSweep;
use crate::report::locale::Locale;
use crate::spec::{Language, Split};

/// What determines the splits of a trial. Trials with equal settings train and validate on the same
/// samples, split by split, in whichever sweep they are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SplitSettings {
    /// The name of the data set.
    pub(super) data: String,
    /// The hash of its contents, if it is known.
    data_hash: Option<String>,
    /// The number of samples to train and validate on.
    samples: usize,
    split: Split,
    repeats: usize,
    seed: u64,
    stratified: bool,
}

/// A setting by which the splits of two sweeps differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Setting {
    Samples,
    Split,
    Repeats,
    Seed,
    Stratified,
}

impl SplitSettings {
    /// The settings of a trial.
    pub(super) fn of(entry: &ComparedSweep, trial: usize) -> Self {
        let config = &entry.plan.trials[trial].config;
        let validation = &config.validation;
        Self {
            data: config.data.set.to_string(),
            data_hash: (entry.data_hash)(&config.data),
            samples: config.samples(),
            split: validation.split(),
            repeats: validation.repeats.get(),
            seed: validation.seed,
            stratified: validation.stratified,
        }
    }

    /// Whether both have the same data.
    pub(super) fn has_same_data(&self, other: &Self) -> bool {
        self.data_hash.is_some() && self.data_hash == other.data_hash
    }

    /// Whether both have the same splits.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        self.has_same_data(other) && self == other
    }

    /// How these settings differ from others that they do not agree with, in words.
    pub(super) fn differences(&self, other: &Self, locale: Locale) -> String {
        if self.data_hash.is_none() || other.data_hash.is_none() {
            let text = locale.tr(
                "the contents of the data are unknown",
                "le contenu des données est inconnu",
            );
            return text.to_owned();
        }
        if !self.has_same_data(other) {
            return locale.tr("other data", "d’autres données").to_owned();
        }
        let all = [
            Setting::Split,
            Setting::Samples,
            Setting::Repeats,
            Setting::Seed,
            Setting::Stratified,
        ];
        let differing = all.into_iter().filter_map(|setting| {
            let [own, others] = [self, other].map(|one| one.text(setting, locale));
            (own != others).then(|| match locale.language {
                Language::English => format!("{own} instead of {others}"),
                Language::French => format!("{own} au lieu de {others}"),
            })
        });
        differing.collect::<Vec<_>>().join(", ")
    }

    fn text(&self, setting: Setting, locale: Locale) -> String {
        match (setting, self.split) {
            (Setting::Samples, _) => {
                let count = locale.grouped(self.samples);
                format!("{count} {}", locale.tr("samples", "exemples"))
            }
            (Setting::Split, Split::Folds(folds)) => {
                locale.counted(folds, ["fold", "folds"], ["pli", "plis"])
            }
            (Setting::Split, Split::Holdout(share)) => {
                let share = locale.target(share);
                match locale.language {
                    Language::English => format!("a hold-out of {share}"),
                    Language::French => format!("une part de {share}"),
                }
            }
            (Setting::Repeats, _) => locale.counted(
                self.repeats,
                ["repeat", "repeats"],
                ["répétition", "répétitions"],
            ),
            (Setting::Seed, _) => format!("{} {}", locale.tr("seed", "graine"), self.seed),
            (Setting::Stratified, _) if self.stratified => locale
                .tr("stratified splits", "partages stratifiés")
                .to_owned(),
            (Setting::Stratified, _) => locale
                .tr("unstratified splits", "partages non stratifiés")
                .to_owned(),
        }
    }
}
