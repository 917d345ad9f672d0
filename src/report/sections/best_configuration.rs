//! The best trial's configuration as a sweep file.

use crate::plan::Plan;
use crate::report::analysis::conclusions::Analysis;
use crate::report::document::blocks::{Block, Document};
use crate::report::formats::to_sweep_yaml::to_sweep_yaml;
use crate::report::locale::Locale;
use crate::spec::{Language, MAX_NAME_CHARS, Sweep};

/// Adds the configuration of the chosen trial; if none is chosen, that of the best.
pub(crate) fn add_best_configuration(
    document: &mut Document,
    locale: Locale,
    sweep: &Sweep,
    plan: &Plan,
    analysis: &Analysis,
    best: usize,
) {
    let chosen = analysis.chosen.unwrap_or(best);
    let trial = &plan.trials[chosen];
    document.section(if chosen == best {
        locale.tr("Best configuration", "Meilleure configuration")
    } else {
        locale.tr("Chosen configuration", "Configuration choisie")
    });
    document.paragraph(match locale.language {
        Language::English => format!("`{}` as a sweep file:", trial.name),
        Language::French => format!("`{}` comme fichier de balayage :", trial.name),
    });
    let suffix = if chosen == best { "-best" } else { "-chosen" };
    let name = with_suffix(&sweep.name, suffix);
    let yaml = to_sweep_yaml(&name, &trial.config, sweep.options.report.rank_by);
    document.blocks.push(Block::Yaml(yaml));
}

/// The sweep's name with an ASCII suffix, within the maximum length of a name.
fn with_suffix(name: &str, suffix: &str) -> String {
    let kept = name.chars().take(MAX_NAME_CHARS - suffix.len());
    format!("{}{suffix}", kept.collect::<String>())
}
