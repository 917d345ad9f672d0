//! The importance of the factors: shares of the variance over the complete grid.

use crate::escape::code;
use crate::report::analysis::score_grid::IncompleteGrid;
use crate::report::analysis::variance::{main_effects, pair_interactions};
use crate::report::context::ReportContext;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::locale::Locale;
use crate::spec::Language;
use statistics::{Anova, Effect, Term};

/// Maximum number of listed pairs of factors, largest shares first.
const MAX_LISTED_PAIRS: usize = 20;

/// Adds the shares of variance, or why they are omitted, for a grid of two or more factors.
pub(crate) fn add_variance_shares(
    document: &mut Document,
    locale: Locale,
    context: &ReportContext,
) {
    let factors = context.sweep.factors.len();
    if factors < 2 || !context.plan.is_validated() {
        return;
    }
    document.section(locale.tr("Importance of the factors", "Importance des facteurs"));
    if let Err(reason) = context.grid {
        document.paragraph(incomplete_note(locale, reason));
        return;
    }
    let Some(anova) = context.anova else {
        document.paragraph(locale.tr(
            "The shares of variance are omitted because all scores are equal.",
            "Les parts de variance sont omises parce que tous les scores sont égaux.",
        ));
        return;
    };
    let names: Vec<&str> = context
        .sweep
        .factors
        .iter()
        .map(|f| f.name.as_str())
        .collect();
    document.table(table(locale, &names, anova));
    let metric = locale.validation_score_name(context.sweep.options.report.rank_by);
    let variance = match locale.language {
        Language::English => format!(
            "Shares of the variance of the {metric} over the grid, across trials on the same split \
             (functional ANOVA with splits as blocks)."
        ),
        Language::French => format!(
            "Parts de la variance du score ({metric}) sur la grille, entre essais sur un même \
             partage (ANOVA fonctionnelle avec les partages comme blocs)."
        ),
    };
    let interaction = locale.tr(
        "An interaction is the joint effect of two factors beyond their separate effects: if it is \
         large, the best level of one depends on the other.",
        "Une interaction est l’effet conjoint de deux facteurs au-delà de leurs effets séparés : \
         si elle est grande, le meilleur niveau de l’un dépend de l’autre.",
    );
    let noise = if anova.noise.is_some() {
        locale.tr(
            "Noise is the variation across splits that the factors do not explain; the shares are \
             corrected for it.",
            "Le bruit est la variation entre partages que les facteurs n’expliquent pas ; les \
             parts en sont corrigées.",
        )
    } else {
        locale.tr(
            "With a single split, noise cannot be separated: the shares include it.",
            "Avec un seul partage, le bruit ne peut pas être séparé : les parts l’incluent.",
        )
    };
    document.paragraph(format!("{variance} {interaction} {noise}"));
}

fn incomplete_note(locale: Locale, reason: &IncompleteGrid) -> String {
    let why = match (locale.language, reason) {
        (Language::English, IncompleteGrid::MissingScores { missing, all }) => format!(
            "there is no score for {missing} of the {all} combinations of the levels (excluded, \
             failed or not finished yet)"
        ),
        (Language::French, IncompleteGrid::MissingScores { missing, all }) => format!(
            "il n’y a pas de score pour {missing} des {all} combinaisons des niveaux (exclues, \
             échouées ou non terminées)"
        ),
        (Language::English, IncompleteGrid::ConditionalFactor(factor)) => {
            format!("some trials do not have {}", code(factor))
        }
        (Language::French, IncompleteGrid::ConditionalFactor(factor)) => {
            format!("certains essais n’ont pas {}", code(factor))
        }
        (Language::English, IncompleteGrid::DifferentSplits) => {
            "the trials were validated on different splits".into()
        }
        (Language::French, IncompleteGrid::DifferentSplits) => {
            "les essais ont été validés sur des partages différents".into()
        }
        (Language::English, IncompleteGrid::NoGrid) => "the sweep has no grid".into(),
        (Language::French, IncompleteGrid::NoGrid) => "le balayage n’a pas de grille".into(),
    };
    let missing = matches!(reason, IncompleteGrid::MissingScores { .. });
    let because = if missing {
        locale.tr(
            " On an incomplete grid, the share of one factor would include part of another's.",
            " Sur une grille incomplète, la part d’un facteur inclurait une partie de celle d’un \
             autre.",
        )
    } else {
        ""
    };
    match locale.language {
        Language::English => format!("The shares of variance are omitted because {why}.{because}"),
        Language::French => format!("Les parts de variance sont omises : {why}.{because}"),
    }
}

fn table(locale: Locale, names: &[&str], anova: &Anova) -> Table {
    let mut table = Table::new([
        (locale.tr("source", "source").to_owned(), Align::Left),
        (locale.tr("share %", "part %").to_owned(), Align::Right),
        ("p".to_owned(), Align::Right),
    ]);
    let mut row = |name: String, share: f64, p: Option<f64>| {
        table.row(vec![name, locale.share(Some(share)), locale.p_value(p)]);
    };
    let p = |effect: &Effect| effect.test.as_ref().map(|test| test.p_value);
    for (factor, effect) in main_effects(anova) {
        row(names[factor].to_owned(), effect.share, p(effect));
    }
    let pairs = pair_interactions(anova);
    for ([a, b], effect) in pairs.iter().take(MAX_LISTED_PAIRS) {
        row(
            format!("{} × {}", names[*a], names[*b]),
            effect.share,
            p(effect),
        );
    }
    let unlisted = pairs
        .iter()
        .skip(MAX_LISTED_PAIRS)
        .map(|(_, effect)| effect);
    let higher = anova.effects.iter().filter(|e| e.term == Term::Higher);
    let rest: Vec<&Effect> = unlisted.copied().chain(higher).collect();
    match rest[..] {
        [] => {}
        [effect] => {
            let name = locale.tr("higher interactions", "interactions supérieures");
            row(name.to_owned(), effect.share, p(effect));
        }
        _ => {
            let name = locale.tr("other interactions", "autres interactions");
            row(
                name.to_owned(),
                rest.iter().map(|effect| effect.share).sum(),
                None,
            );
        }
    }
    if let Some(noise) = &anova.noise {
        row(locale.tr("noise", "bruit").to_owned(), noise.share, None);
    }
    table
}
