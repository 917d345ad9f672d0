//! The report for several sweeps.

use super::compared_sweep::ComparedSweep;
use super::figures::ComparisonFigures;
use super::joined_frame::concat_frames;
use super::merged_page::merged_page;
use super::paired::{
    Member, PairedTest, SharedBaseline, group_by_splits, intervals_of_best, largest, paired_test,
};
use super::summary::{Conclusions, summary};
use super::tables;
use super::untested::untested;
use crate::escape::code;
use crate::metrics::Score;
use crate::report::document::blocks::Document;
use crate::report::error::ReportError;
use crate::report::file::ReportFile;
use crate::report::formats::export;
use crate::report::locale::Locale;
use crate::report::page::{Page, render};
use crate::report::results::listing::Listing;
use crate::report::sections::leaderboard::{Detail, leaderboard};
use crate::spec::Language;
use polars::prelude::{DataFrame, PolarsResult};

/// Maximum number of listed trials per sweep.
const MAX_LISTED_TRIALS: usize = 5;

/// The report for several sweeps.
#[derive(Clone, Debug)]
pub struct ComparisonReport {
    /// The text, tables and figures, for people.
    pub document: Document,
    page: Option<Page>,
    frame: DataFrame,
}

impl ComparisonReport {
    /// Compares the sweeps. `skipped` are names of sweeps without results, which the summary lists.
    ///
    /// # Errors
    /// Polars refuses an operation; no result can cause this.
    pub fn new(
        name: &str,
        entries: &[ComparedSweep],
        skipped: &[String],
        language: Language,
    ) -> Result<Self, ReportError> {
        let locale = Locale { language };
        let groups = group_by_splits(entries);
        let tests = groups
            .iter()
            .filter_map(|group| paired_test(entries, group));
        let tests: Vec<PairedTest> = tests.collect();
        let untested = untested(locale, entries, &groups, &tests);
        let intervals = intervals_of_best(entries, &tests);
        let conclusions = Conclusions {
            intervals: &intervals,
            entries,
            groups: &groups,
            tests: &tests,
            untested: &untested,
            skipped,
        };
        let main = largest(&groups);
        let rank_by = main.map_or(Score::ACCURACY, |group| group.rank_by);
        let figures = ComparisonFigures::new(locale, entries, &intervals, rank_by);
        let mut document = Document {
            title: name.to_owned(),
            summary: summary(locale, &conclusions),
            ..Document::default()
        };
        document.section(locale.tr("The best of each sweep", "Le meilleur de chaque balayage"));
        document.table(tables::best_of_each(locale, entries)?);
        let has_tests = !tests.is_empty() || !untested.is_empty();
        document.paragraph(table_note(locale, has_tests));
        document.figure(figures.best_scores());
        add_tests(&mut document, locale, &conclusions);
        let time = main.and_then(|group| figures.score_vs_time(group));
        let curves = figures.learning_curves()?;
        if time.is_some() || curves.is_some() {
            document.section(locale.tr("Side by side", "Côte à côte"));
            document.figure(time);
            document.figure(curves);
        }
        for entry in entries {
            add_sweep(&mut document, locale, entry)?;
        }
        Ok(Self {
            page: merged_page(locale, entries, main, &document)?,
            frame: concat_frames(&entries.iter().collect::<Vec<_>>())?,
            document,
        })
    }

    /// The report's files, the most important first.
    ///
    /// # Errors
    /// Polars refuses an operation; no result can cause this.
    pub fn files(&self) -> Result<Vec<ReportFile>, ReportError> {
        let name = &self.document.title;
        let file = |extension, contents| ReportFile::of_report(name, extension, contents);
        let mut files = vec![
            file("md", self.document.to_markdown(name).into_bytes()),
            file("csv", export::csv(&self.frame)?),
        ];
        let page = self.page.iter();
        files.extend(page.map(|page| file("html", render(page).into_bytes())));
        files.extend(self.document.figure_files());
        Ok(files)
    }
}

/// What the tables of scores cannot show, and what their marks mean.
fn table_note(locale: Locale, has_tests: bool) -> String {
    let caution = locale.tr(
        "Sweeps can differ in their data, splits and samples: only the tests of the next section \
         compare scores on the same samples. ",
        "Les balayages peuvent différer par leurs données, leurs partages et leurs exemples : \
         seuls les tests de la section suivante comparent des scores sur les mêmes exemples. ",
    );
    let marks = locale.tr(
        "In the section of a sweep, ≈ marks the trials that are not distinguishable from its best, \
         and ◆ those on its Pareto front of score, time and memory.",
        "Dans la section d’un balayage, ≈ marque les essais indiscernables de son meilleur, et ◆ \
         ceux de son front de Pareto du score, du temps et de la mémoire.",
    );
    format!("{}{marks}", if has_tests { caution } else { "" })
}

/// Adds the tests between sweeps, and why others are not tested.
fn add_tests(document: &mut Document, locale: Locale, conclusions: &Conclusions) {
    let Conclusions {
        entries,
        tests,
        untested,
        ..
    } = *conclusions;
    if tests.is_empty() && untested.is_empty() {
        return;
    }
    document.section(locale.tr("Tests between sweeps", "Tests entre les balayages"));
    for test in tests {
        add_test(document, locale, entries, test);
    }
    document.list(untested.to_vec());
}

fn add_test(document: &mut Document, locale: Locale, entries: &[ComparedSweep], test: &PairedTest) {
    let (splits, candidates) = (test.splits, test.candidates);
    document.paragraph(match locale.language {
        Language::English => format!(
            "These sweeps train and validate on the same samples in each of their {splits} splits. \
             Their {candidates} different trials are compared split by split with the best of \
             them, as if they were of one sweep. Variances are estimated from all of them together. \
             p is corrected for the selection of the best and, by Holm's method, for their number. \
             ≈: not distinguishable from the best trial of all. The last column counts such trials in each sweep. Others are \
             clearly worse."
        ),
        Language::French => format!(
            "Ces balayages ont les mêmes exemples d’entraînement et de validation dans chacun de leurs \
             {splits} partages. Leurs {candidates} essais différents sont comparés, partage par \
             partage, au meilleur d’entre eux, comme s’ils formaient un seul balayage. Les \
             variances sont estimées à partir de tous ces essais. p est corrigé pour la sélection \
             du meilleur et, par la méthode de Holm, pour leur nombre. ≈ : indiscernable du \
             meilleur de tous ces essais. La dernière \
             colonne compte ces essais dans chaque balayage. Les autres sont nettement moins bons."
        ),
    });
    document.table(tables::paired(locale, entries, test));
    document.paragraph(same_trials(locale, entries, test));
    match test.baseline {
        SharedBaseline::None => {}
        SharedBaseline::Different => document.paragraph(locale.tr(
            "There is no comparison with a baseline: `report.baseline` names different trials \
             in different sweeps.",
            "Il n’y a pas de comparaison avec une référence : `report.baseline` désigne des \
             essais différents selon les balayages.",
        )),
        SharedBaseline::Trial { entry, trial } => {
            let name = code(&entries[entry].full_name(trial));
            if let Some(table) = tables::from_baseline(locale, entries, test) {
                document.paragraph(match locale.language {
                    Language::English => format!(
                        "Differences from the baseline {name} on these splits, with 95 % \
                         intervals. p is corrected by Holm's method for all trials, because \
                         the best trials were selected among them."
                    ),
                    Language::French => format!(
                        "Différences avec la référence {name} sur ces partages, avec intervalles à \
                         95 %. p est corrigé par la méthode de Holm pour tous les essais, car \
                         les meilleurs ont été choisis parmi eux."
                    ),
                });
                document.table(table);
            }
        }
    }
}

/// The sweeps that have the same best trial: same configuration, same scores.
fn same_trials(locale: Locale, entries: &[ComparedSweep], test: &PairedTest) -> String {
    let mut sentences = Vec::new();
    for (position, member) in test.members.iter().enumerate() {
        let is_same = |other: &&Member| other.candidate == member.candidate;
        if test.members[..position].iter().any(|other| is_same(&other)) {
            continue;
        }
        let same = test.members.iter().filter(is_same);
        let names: Vec<String> = same.map(|one| code(entries[one.entry].name())).collect();
        if names.len() > 1 {
            let names = names.join(", ");
            sentences.push(match locale.language {
                Language::English => {
                    format!("The best trial has the same settings and scores in {names}.")
                }
                Language::French => {
                    format!("Le meilleur essai a les mêmes réglages et scores dans {names}.")
                }
            });
        }
    }
    sentences.join(" ")
}

/// Adds the first trials of a sweep.
fn add_sweep(document: &mut Document, locale: Locale, entry: &ComparedSweep) -> PolarsResult<()> {
    document.section(entry.name());
    document.paragraph(&entry.sweep.description);
    for warning in &entry.report.warnings {
        document.paragraph(warning);
    }
    let frame = &entry.report.frame;
    let table = leaderboard(
        entry.sweep,
        entry.plan,
        entry.results,
        &frame.head(Some(MAX_LISTED_TRIALS)),
        &Listing::default(),
        Detail::Full,
        entry.analysis().tied_ranks,
    )?;
    document.table(table);
    let rest = frame.height().saturating_sub(MAX_LISTED_TRIALS);
    if rest > 0 {
        document.paragraph(match locale.language {
            Language::English => format!("… and {rest} more, in `{}.md`.", entry.name()),
            Language::French => {
                let others = if rest == 1 { "autre" } else { "autres" };
                format!("… et {rest} {others}, dans `{}.md`.", entry.name())
            }
        });
    }
    Ok(())
}
