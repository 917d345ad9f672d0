//! The best trial's configuration as a sweep file.

use crate::plan::Plan;
use crate::report::analysis::conclusions::Analysis;
use crate::report::document::blocks::{Block, Document};
use crate::report::formats::to_sweep_yaml::to_sweep_yaml;
use crate::report::locale::Locale;
use crate::spec::{Language, Sweep};

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
    let name = best_name(&sweep.name);
    let yaml = to_sweep_yaml(&name, &trial.config, sweep.report.rank_by);
    document.blocks.push(Block::Yaml(yaml));
}

/// The sweep's name with the suffix `-best`, within the maximum length of a name.
fn best_name(name: &str) -> String {
    let kept: String = name.chars().take(59).collect();
    format!("{kept}-best")
}
