//! The first lines of a comparison: which sweep has the best trial, which are clearly worse, what
//! is missing.

use super::compared_sweep::ComparedSweep;
use super::paired::{Member, PairedTest, SplitGroup};
use crate::escape::code;
use crate::report::locale::Locale;
use crate::report::sections::summary::{listed_up_to, measured_time, minimum};
use crate::spec::Language;
use statistics::{Direction, Interval, Measured};

/// Maximum number of lines of the summary.
const MAX_LINES: usize = 12;

/// Maximum numbers of lines of a kind.
const MAX_BEST: usize = 4;
const MAX_TESTS: usize = 2;
const MAX_UNTESTED: usize = 2;

/// Maximum number of names in a line.
const MAX_NAMES: usize = 6;

/// The results of a comparison that its summary states.
pub(super) struct Conclusions<'a> {
    pub(super) entries: &'a [ComparedSweep<'a>],
    pub(super) groups: &'a [SplitGroup],
    pub(super) tests: &'a [PairedTest],
    /// The interval of the score of each sweep's best trial.
    pub(super) intervals: &'a [Option<Interval>],
    /// Why sweeps cannot be tested, in sentences.
    pub(super) untested: &'a [String],
    /// The sweeps without results, as they were named.
    pub(super) skipped: &'a [String],
}

/// The lines of the summary, at most [`MAX_LINES`].
pub(super) fn summary(locale: Locale, conclusions: &Conclusions) -> Vec<String> {
    let Conclusions {
        entries,
        tests,
        untested,
        ..
    } = *conclusions;
    let mut lines = best(locale, conclusions);
    lines.truncate(MAX_BEST);
    for test in tests.iter().take(MAX_TESTS) {
        lines.push(test_line(locale, entries, test));
    }
    // The test of the most sweeps, the first of equally large ones.
    let largest = tests.iter().rev().max_by_key(|test| test.members.len());
    if let Some(test) = largest {
        lines.extend(cheapest(locale, entries, test));
    }
    lines.extend(untested.iter().take(MAX_UNTESTED).cloned());
    lines.push(counts(locale, entries));
    lines.extend(incomplete(locale, conclusions));
    lines.extend(warned(locale, entries));
    lines.truncate(MAX_LINES);
    lines
}

/// The best trial of all sweeps, for each metric and each data set.
fn best(locale: Locale, conclusions: &Conclusions) -> Vec<String> {
    let Conclusions {
        entries,
        groups,
        intervals,
        ..
    } = *conclusions;
    let mut contests: Vec<Vec<&SplitGroup>> = Vec::new();
    for group in groups {
        let is_same = |contest: &&mut Vec<&SplitGroup>| {
            contest[0].rank_by == group.rank_by
                && contest[0].settings.has_same_data(&group.settings)
        };
        match contests.iter_mut().find(is_same) {
            Some(contest) => contest.push(group),
            None => contests.push(vec![group]),
        }
    }
    let has_several = contests.len() > 1;
    let line = |contest: &Vec<&SplitGroup>| {
        let rank_by = contest[0].rank_by;
        let scores = contest.iter().flat_map(|group| &group.entries);
        let scores = scores.filter_map(|&entry| {
            let best = entries[entry].ranked_best()?;
            Some((entry, best, entries[entry].analysis().mean_score(best)?))
        });
        let is_better = |a: f64, b: f64| match rank_by.direction {
            Direction::Maximise => a > b,
            Direction::Minimise => a < b,
        };
        let (entry, trial, score) =
            scores.reduce(|best, one| if is_better(one.2, best.2) { one } else { best })?;
        let (entry, interval) = (&entries[entry], intervals[entry]);
        let score = locale.score_with_unit(rank_by, score);
        let interval = interval.map(|interval| {
            let interval = entry.interval_text(locale, interval);
            let label = locale.tr("95 % interval", "intervalle à 95 % :");
            format!(" ({label} {interval})")
        });
        let interval = interval.unwrap_or_default();
        let metric = locale.validation_score_name(rank_by);
        let data = if has_several {
            let set = code(&contest[0].settings.data);
            format!(" {} {set}", locale.tr("on", "sur"))
        } else {
            String::new()
        };
        let (name, trial) = (code(entry.name()), code(&entry.plan.trials[trial].name));
        Some(match locale.language {
            Language::English => {
                format!("Best{data}: {name}, trial {trial}, {metric} {score}{interval}.")
            }
            Language::French => {
                format!("Meilleur{data} : {name}, essai {trial}, {metric} {score}{interval}.")
            }
        })
    };
    let lines: Vec<String> = contests.iter().filter_map(line).collect();
    if lines.is_empty() {
        let text = locale.tr(
            "No sweep has a ranked trial.",
            "Aucun balayage n’a d’essai classé.",
        );
        return vec![text.to_owned()];
    }
    lines
}

/// The sweeps whose best trials are clearly worse, and those whose are ties.
fn test_line(locale: Locale, entries: &[ComparedSweep], test: &PairedTest) -> String {
    let name = |member: &Member| code(entries[member.entry].name());
    let worse = test.members.iter().filter(|member| member.is_worse());
    let worse = worse.map(|member| {
        let entry = &entries[member.entry];
        let difference = locale.score_difference_with_unit(entry.rank_by(), member.difference);
        format!("{} ({difference})", name(member))
    });
    let worse: Vec<String> = worse.collect();
    let ties: Vec<String> = test
        .members
        .iter()
        .filter(|member| member.is_tie())
        .map(name)
        .collect();
    let worse = if worse.is_empty() {
        locale.tr("none", "aucun").to_owned()
    } else {
        listed_up_to(MAX_NAMES, locale, worse)
    };
    let (best, splits) = (name(&test.members[0]), test.splits);
    let mut line = match locale.language {
        Language::English => {
            format!("On the same {splits} splits, clearly worse than {best}: {worse}.")
        }
        Language::French => {
            format!("Sur les mêmes {splits} partages, nettement moins bons que {best} : {worse}.")
        }
    };
    if !ties.is_empty() {
        let ties = listed_up_to(MAX_NAMES, locale, ties);
        line.push_str(&match locale.language {
            Language::English => format!(" Ties (≈), not distinguishable from it: {ties}."),
            Language::French => format!(" Ex æquo (≈), indiscernables de lui : {ties}."),
        });
    }
    line
}

/// The simplest and the fastest of the best trials of the best sweep and the tied ones.
fn cheapest(locale: Locale, entries: &[ComparedSweep], test: &PairedTest) -> Vec<String> {
    let members = &test.members;
    let ties: Vec<usize> = (0..members.len())
        .filter(|&member| !members[member].is_worse())
        .collect();
    if ties.len() < 2 {
        return Vec::new();
    }
    let of = |member: usize| {
        let member = &members[member];
        (&entries[member.entry], member.trial)
    };
    let parameters = |member: usize| {
        let (entry, trial) = of(member);
        let count = entry.plan.trials[trial].config.parameters();
        Some(Measured::from(count as f64))
    };
    let seconds = |member: usize| {
        let (entry, trial) = of(member);
        Some(measured_time(entry.results.profiles.get(&trial)?))
    };
    let name = |member: usize| {
        let (entry, trial) = of(member);
        let itself = locale.tr(", the best itself", ", le meilleur lui-même");
        let suffix = if member == 0 { itself } else { "" };
        format!("{}{suffix}", code(&entry.full_name(trial)))
    };
    let best = code(entries[members[0].entry].name());
    let mut lines = Vec::new();
    if let Some((member, count)) = minimum(&ties, parameters) {
        let (name, count) = (name(member), locale.grouped(count as usize));
        lines.push(match locale.language {
            Language::English => {
                format!(
                    "Simplest of the best trials of {best} and its ties: {name}, {count} \
                     parameters."
                )
            }
            Language::French => {
                format!(
                    "Le plus simple des meilleurs essais de {best} et de ses ex æquo : {name}, \
                     {count} paramètres."
                )
            }
        });
    }
    if let Some((member, seconds)) = minimum(&ties, seconds) {
        let (name, seconds) = (name(member), locale.seconds(Some(seconds)));
        lines.push(match locale.language {
            Language::English => {
                format!(
                    "Fastest of the best trials of {best} and its ties: {name}, {seconds} s/epoch."
                )
            }
            Language::French => {
                format!(
                    "Le plus rapide des meilleurs essais de {best} et de ses ex æquo : {name}, \
                     {seconds} s/époque."
                )
            }
        });
    }
    lines
}

/// The planned, finished and failed runs of a sweep.
fn runs(entry: &ComparedSweep) -> [usize; 3] {
    let results = entry.results.runs.values();
    let (all, failed) = results.fold((0, 0), |(all, failed), run| {
        (all + 1, failed + usize::from(run.failure.is_some()))
    });
    [entry.plan.runs().count(), all - failed, failed]
}

/// The numbers of sweeps, trials and runs.
fn counts(locale: Locale, entries: &[ComparedSweep]) -> String {
    let sweeps = locale.counted(
        entries.len(),
        ["sweep", "sweeps"],
        ["balayage", "balayages"],
    );
    let trials: usize = entries.iter().map(|entry| entry.plan.trials.len()).sum();
    let all = entries.iter().map(runs).fold([0; 3], |mut sum, one| {
        for (sum, one) in sum.iter_mut().zip(one) {
            *sum += one;
        }
        sum
    });
    let (trials, runs) = (locale.trials(trials), locale.runs(all[0]));
    let done = all[1];
    match locale.language {
        Language::English => format!("{sweeps}, {trials}, {runs}: {done} finished."),
        Language::French => {
            let finished = if done < 2 { "terminé" } else { "terminés" };
            format!("{sweeps}, {trials}, {runs} : {done} {finished}.")
        }
    }
}

/// What failed, and what is missing.
fn incomplete(locale: Locale, conclusions: &Conclusions) -> Option<String> {
    let of = locale.tr("of", "de");
    let counted = |count: fn([usize; 3]) -> usize| {
        let named = conclusions.entries.iter().filter_map(|entry| {
            let count = count(runs(entry));
            (count > 0).then(|| format!("{count} {of} {}", code(entry.name())))
        });
        named.collect::<Vec<String>>()
    };
    let skipped = conclusions.skipped.iter().map(|name| code(name)).collect();
    let parts = [
        (
            locale.tr("Failed runs", "Entraînements échoués"),
            counted(|[_, _, failed]| failed),
        ),
        (
            locale.tr("Missing runs", "Entraînements manquants"),
            counted(|[all, done, failed]| all.saturating_sub(done + failed)),
        ),
        (
            locale.tr("Left out, without results", "Omis, sans résultats"),
            skipped,
        ),
    ];
    let colon = locale.tr(":", " :");
    let present = parts.into_iter().filter(|(_, names)| !names.is_empty());
    let sentences = present.map(|(label, names)| {
        let names = listed_up_to(MAX_NAMES, locale, names);
        format!("{label}{colon} {names}.")
    });
    let sentences: Vec<String> = sentences.collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// The sweeps with warnings about their data.
fn warned(locale: Locale, entries: &[ComparedSweep]) -> Option<String> {
    let warned = entries
        .iter()
        .filter(|entry| !entry.report.warnings.is_empty());
    let names: Vec<String> = warned.map(|entry| code(entry.name())).collect();
    if names.is_empty() {
        return None;
    }
    let names = listed_up_to(MAX_NAMES, locale, names);
    Some(match locale.language {
        Language::English => format!("Warnings about the data, see below: {names}."),
        Language::French => format!("Avertissements sur les données, voir plus bas : {names}."),
    })
}
