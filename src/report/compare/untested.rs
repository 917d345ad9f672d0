//! Why sweeps cannot be tested against others, in one sentence each.

use super::compared_sweep::ComparedSweep;
use super::paired::{PairedTest, SplitGroup, largest};
use crate::escape::code;
use crate::report::locale::Locale;
use crate::spec::Language;

/// One sentence for each sweep, or group of sweeps, that is not tested against the largest group.
pub(super) fn untested(
    locale: Locale,
    entries: &[ComparedSweep],
    groups: &[SplitGroup],
    tests: &[PairedTest],
) -> Vec<String> {
    let mut reasons = Vec::new();
    if entries.len() < 2 {
        return reasons;
    }
    let name = |entry: usize| code(entries[entry].name());
    let names = |group: &SplitGroup| {
        let names: Vec<String> = group.entries.iter().map(|&entry| name(entry)).collect();
        names.join(", ")
    };
    if let Some(main) = largest(groups) {
        // A sweep that people know from the summary.
        let of_main = |test: &&PairedTest| main.entries.contains(&test.members[0].entry);
        let reference = tests.iter().find(of_main).map(|test| test.members[0].entry);
        let reference = reference.unwrap_or(main.entries[0]);
        for group in groups {
            if std::ptr::eq(group, main) {
                continue;
            }
            let (own, other) = (names(group), name(reference));
            let why = difference(locale, group, main);
            reasons.push(match locale.language {
                Language::English => format!("No test of {own} against {other}: {why}."),
                Language::French => format!("Pas de test de {own} face à {other} : {why}."),
            });
        }
    }
    for group in groups.iter().filter(|group| group.entries.len() > 1) {
        if tests
            .iter()
            .any(|test| group.entries.contains(&test.members[0].entry))
        {
            continue;
        }
        let names = names(group);
        reasons.push(match locale.language {
            Language::English => format!(
                "No test between {names}: a single split cannot show which differences are due to \
                 chance."
            ),
            Language::French => format!(
                "Pas de test entre {names} : un seul partage ne permet pas de savoir quelles \
                 différences sont dues au hasard."
            ),
        });
    }
    for (position, entry) in entries.iter().enumerate() {
        if entry.ranked_best().is_some() {
            continue;
        }
        let why = if entry.plan.is_validated() {
            locale.tr(
                "no trial has all its scores",
                "aucun essai n’a tous ses scores",
            )
        } else {
            locale.tr(
                "it holds out no validation samples",
                "il ne réserve aucun exemple de validation",
            )
        };
        let name = name(position);
        reasons.push(match locale.language {
            Language::English => format!("No test of {name}: {why}."),
            Language::French => format!("Pas de test de {name} : {why}."),
        });
    }
    reasons
}

/// How the sweeps of two groups differ.
fn difference(locale: Locale, group: &SplitGroup, main: &SplitGroup) -> String {
    if group.rank_by == main.rank_by {
        let differences = group.settings.differences(&main.settings, locale);
        return if group.settings.has_same_data(&main.settings) {
            let label = locale.tr("their splits differ", "leurs partages diffèrent");
            format!("{label} ({differences})")
        } else {
            differences
        };
    }
    let (own, other) = (
        locale.score_name(group.rank_by),
        locale.score_name(main.rank_by),
    );
    match locale.language {
        Language::English => format!("different ranking scores ({own} instead of {other})"),
        Language::French => format!("critères de classement différents ({own} au lieu de {other})"),
    }
}
