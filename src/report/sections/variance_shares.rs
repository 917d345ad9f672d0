//! Which factor matters how much: shares of the variance over the complete grid.

use crate::escape::code;
use crate::report::analysis::score_grid::IncompleteGrid;
use crate::report::analysis::variance::{main_effects, pair_interactions};
use crate::report::context::ReportContext;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::locale::Locale;
use crate::spec::{Language, RankBy};
use statistics::{Anova, Effect, Term};

/// Pairs of factors that are listed, the largest shares first.
const MAX_LISTED_PAIRS: usize = 20;

/// Adds the shares of variance, or why there are none, where a grid has several factors.
pub(crate) fn add_variance_shares(
    document: &mut Document,
    locale: Locale,
    context: &ReportContext,
) {
    let factors = context.sweep.factors.len();
    if factors < 2 || !context.plan.is_validated() {
        return;
    }
    document.section(locale.tr("What matters", "Ce qui compte"));
    if let Err(reason) = context.grid {
        document.paragraph(incomplete_note(locale, reason));
        return;
    }
    let Some(anova) = context.anova else {
        document.paragraph(locale.tr(
            "The shares of variance are not told: the scores do not vary.",
            "Les parts de variance ne sont pas données : les scores ne varient pas.",
        ));
        return;
    };
    let names: Vec<&str> = context
        .sweep
        .factors
        .iter()
        .map(|f| f.name.as_str())
        .collect();
    document.paragraph(headline(locale, context, &names, anova));
    document.table(table(locale, &names, anova));
    let meaning = locale.tr(
        "Shares of the variance of the score over the grid, between trials on the same split \
         (functional ANOVA, splits as blocks). An interaction is what two factors do together \
         beyond what each does alone: where it is large, the best level of one depends on the \
         other.",
        "Parts de la variance du score sur la grille, entre essais sur un même partage (ANOVA \
         fonctionnelle, partages comme blocs). Une interaction est ce que deux facteurs font \
         ensemble au-delà de ce que chacun fait seul : si elle est grande, le meilleur niveau de \
         l’un dépend de l’autre.",
    );
    let noise = if anova.noise.is_some() {
        locale.tr(
            "Noise is what differs from split to split for no reason of the grid; shares are \
             corrected for it.",
            "Le bruit est ce qui change d’un partage à l’autre sans raison tenant à la grille ; les \
             parts en sont corrigées.",
        )
    } else {
        locale.tr(
            "With one split noise cannot be told from the rest: the shares contain it.",
            "Avec un seul partage, le bruit ne se distingue pas du reste : les parts le contiennent.",
        )
    };
    document.paragraph(format!("{meaning} {noise}"));
}

fn incomplete_note(locale: Locale, reason: &IncompleteGrid) -> String {
    let why = match (locale.language, reason) {
        (Language::English, IncompleteGrid::MissingScores { missing, all }) => format!(
            "{missing} of the {all} combinations of the levels have no score (left out, failed or \
             not done yet)"
        ),
        (Language::French, IncompleteGrid::MissingScores { missing, all }) => format!(
            "{missing} des {all} combinaisons des niveaux n’ont pas de score (omises, échouées ou \
             à faire)"
        ),
        (Language::English, IncompleteGrid::ConditionalFactor(factor)) => {
            format!("{} is not there in all trials", code(factor))
        }
        (Language::French, IncompleteGrid::ConditionalFactor(factor)) => {
            format!("{} n’existe pas dans tous les essais", code(factor))
        }
        (Language::English, IncompleteGrid::DifferentSplits) => {
            "the trials were validated on different splits".into()
        }
        (Language::French, IncompleteGrid::DifferentSplits) => {
            "les essais ont été validés sur des partages différents".into()
        }
        (Language::English, IncompleteGrid::NoGrid) => "there is no grid".into(),
        (Language::French, IncompleteGrid::NoGrid) => "il n’y a pas de grille".into(),
    };
    let missing = matches!(reason, IncompleteGrid::MissingScores { .. });
    let because = if missing {
        locale.tr(
            " Over an incomplete grid one factor's share would contain part of another's.",
            " Sur une grille incomplète, la part d’un facteur contiendrait un morceau de celle \
             d’un autre.",
        )
    } else {
        ""
    };
    match locale.language {
        Language::English => format!("The shares of variance are not told: {why}.{because}"),
        Language::French => format!("Les parts de variance ne sont pas données : {why}.{because}"),
    }
}

/// Which factor explains how much, in a sentence.
fn headline(locale: Locale, context: &ReportContext, names: &[&str], anova: &Anova) -> String {
    let score = match context.sweep.report.rank_by {
        RankBy::Accuracy => locale.tr("validation accuracy", "l’exactitude de validation"),
        RankBy::Loss => locale.tr("validation loss", "la perte de validation"),
    };
    let shares = main_effects(anova).into_iter().map(|(factor, effect)| {
        let share = locale.share(Some(effect.share));
        format!("{} {share} %", code(names[factor]))
    });
    let shares = shares.collect::<Vec<_>>().join(", ");
    match locale.language {
        Language::English => {
            format!("Of what varies in {score}, each factor alone explains: {shares}.")
        }
        Language::French => {
            format!("De ce qui varie dans {score}, chaque facteur seul explique : {shares}.")
        }
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
