//! Which factor matters how much: shares of the variance over the complete grid.

use super::contents::ReportContext;
use crate::escape::code;
use crate::report::analysis::grid::Incomplete;
use crate::report::document::blocks::Document;
use crate::report::document::table::{Align, Table};
use crate::report::locale::Locale;
use crate::spec::{Language, RankBy};
use statistics::{Anova, Effect, Term};

/// Pairs of factors that are listed, the largest shares first.
const LISTED_PAIRS: usize = 20;

/// Adds the shares of variance, or why there are none, where a grid has several factors.
pub(crate) fn variance(document: &mut Document, words: Locale, material: &ReportContext) {
    let factors = material.sweep.factors.len();
    if factors < 2 || !material.plan.is_validated() {
        return;
    }
    document.section(words.pick("What matters", "Ce qui compte"));
    if let Err(reason) = material.grid {
        document.paragraph(refusal(words, reason));
        return;
    }
    let Some(anova) = material.anova else {
        document.paragraph(words.pick(
            "The shares of variance are not told: the scores do not vary.",
            "Les parts de variance ne sont pas données : les scores ne varient pas.",
        ));
        return;
    };
    let names: Vec<&str> = material
        .sweep
        .factors
        .iter()
        .map(|f| f.name.as_str())
        .collect();
    document.paragraph(headline(words, material, &names, anova));
    document.table(table(words, &names, anova));
    let meaning = words.pick(
        "Shares of the variance of the score over the grid, between trials on the same split \
         (functional ANOVA, splits as blocks). An interaction is what two factors do together \
         beyond what each does alone: where it is large, the best level of one depends on the \
         other.",
        "Parts de la variance du score sur la grille, entre essais sur un même partage (ANOVA \
         fonctionnelle, partages comme blocs). Une interaction est ce que deux facteurs font \
         ensemble au-delà de ce que chacun fait seul : si elle est grande, le meilleur niveau de \
         l’un dépend de l’autre.",
    );
    let noise = match anova.noise.is_some() {
        true => words.pick(
            "Noise is what differs from split to split for no reason of the grid; shares are \
             corrected for it.",
            "Le bruit est ce qui change d’un partage à l’autre sans raison tenant à la grille ; les \
             parts en sont corrigées.",
        ),
        false => words.pick(
            "With one split noise cannot be told from the rest: the shares contain it.",
            "Avec un seul partage, le bruit ne se distingue pas du reste : les parts le contiennent.",
        ),
    };
    document.paragraph(format!("{meaning} {noise}"));
}

fn refusal(words: Locale, reason: &Incomplete) -> String {
    let why = match (words.language, reason) {
        (Language::English, Incomplete::Missing { missing, all }) => format!(
            "{missing} of the {all} combinations of the levels have no score (left out, failed or \
             not done yet)"
        ),
        (Language::French, Incomplete::Missing { missing, all }) => format!(
            "{missing} des {all} combinaisons des niveaux n’ont pas de score (omises, échouées ou \
             à faire)"
        ),
        (Language::English, Incomplete::Conditional(factor)) => {
            format!("{} is not there in all trials", code(factor))
        }
        (Language::French, Incomplete::Conditional(factor)) => {
            format!("{} n’existe pas dans tous les essais", code(factor))
        }
        (Language::English, Incomplete::Splits) => {
            "the trials were validated on different splits".into()
        }
        (Language::French, Incomplete::Splits) => {
            "les essais ont été validés sur des partages différents".into()
        }
        (Language::English, Incomplete::Nothing) => "there is no grid".into(),
        (Language::French, Incomplete::Nothing) => "il n’y a pas de grille".into(),
    };
    let missing = matches!(reason, Incomplete::Missing { .. });
    let because = match missing {
        false => "",
        true => words.pick(
            " Over an incomplete grid one factor's share would contain part of another's.",
            " Sur une grille incomplète, la part d’un facteur contiendrait un morceau de celle \
             d’un autre.",
        ),
    };
    match words.language {
        Language::English => format!("The shares of variance are not told: {why}.{because}"),
        Language::French => format!("Les parts de variance ne sont pas données : {why}.{because}"),
    }
}

/// Which factor explains how much, in a sentence.
fn headline(words: Locale, material: &ReportContext, names: &[&str], anova: &Anova) -> String {
    let score = match material.sweep.report.rank_by {
        RankBy::Accuracy => words.pick("validation accuracy", "l’exactitude de validation"),
        RankBy::Loss => words.pick("validation loss", "la perte de validation"),
    };
    let told = main_effects(anova).into_iter().map(|(factor, effect)| {
        let share = words.share(Some(effect.share));
        format!("{} {share} %", code(names[factor]))
    });
    let told = told.collect::<Vec<_>>().join(", ");
    match words.language {
        Language::English => {
            format!("Of what varies in {score}, each factor alone explains: {told}.")
        }
        Language::French => {
            format!("De ce qui varie dans {score}, chaque facteur seul explique : {told}.")
        }
    }
}

/// The main effects of factors with several levels, the largest first.
pub(crate) fn main_effects(anova: &Anova) -> Vec<(usize, &Effect)> {
    let effects = anova.effects.iter().filter_map(|effect| match effect.term {
        Term::Main(factor) if effect.degrees_of_freedom > 0 => Some((factor, effect)),
        _ => None,
    });
    let mut effects: Vec<_> = effects.collect();
    effects.sort_by(|(_, a), (_, b)| b.share.total_cmp(&a.share));
    effects
}

fn table(words: Locale, names: &[&str], anova: &Anova) -> Table {
    let mut table = Table::new([
        (words.pick("source", "source").to_owned(), Align::Left),
        (words.pick("share %", "part %").to_owned(), Align::Right),
        ("p".to_owned(), Align::Right),
    ]);
    let mut row = |name: String, share: f64, p: Option<f64>| {
        table.row(vec![name, words.share(Some(share)), words.p_value(p)]);
    };
    let p = |effect: &Effect| effect.test.as_ref().map(|test| test.p_value);
    for (factor, effect) in main_effects(anova) {
        row(names[factor].to_owned(), effect.share, p(effect));
    }
    let pairs = anova.effects.iter().filter_map(|effect| match effect.term {
        Term::Pair(a, b) if effect.degrees_of_freedom > 0 => Some((a, b, effect)),
        _ => None,
    });
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort_by(|a, b| b.2.share.total_cmp(&a.2.share));
    for (a, b, effect) in pairs.iter().take(LISTED_PAIRS) {
        row(
            format!("{} × {}", names[*a], names[*b]),
            effect.share,
            p(effect),
        );
    }
    let unlisted = pairs.iter().skip(LISTED_PAIRS).map(|(_, _, effect)| effect);
    let higher = anova.effects.iter().filter(|e| e.term == Term::Higher);
    let rest: Vec<&Effect> = unlisted.copied().chain(higher).collect();
    match rest[..] {
        [] => {}
        [effect] => {
            let name = words.pick("higher interactions", "interactions supérieures");
            row(name.to_owned(), effect.share, p(effect));
        }
        _ => {
            let name = words.pick("other interactions", "autres interactions");
            row(
                name.to_owned(),
                rest.iter().map(|effect| effect.share).sum(),
                None,
            );
        }
    }
    if let Some(noise) = &anova.noise {
        row(words.pick("noise", "bruit").to_owned(), noise.share, None);
    }
    table
}
