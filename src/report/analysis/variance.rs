//! The effects of an analysis of variance, sorted by their shares.

use statistics::{Anova, Effect, Term};

/// The main effects of the factors with several levels, largest share first, with the factor's
/// position in the sweep.
pub(crate) fn main_effects(anova: &Anova) -> Vec<(usize, &Effect)> {
    let effects = anova.effects.iter().filter_map(|effect| match effect.term {
        Term::Main(factor) if effect.degrees_of_freedom > 0 => Some((factor, effect)),
        _ => None,
    });
    by_share(effects.collect())
}

/// The interactions of two factors with several levels each, largest share first, with the factors'
/// positions in the sweep.
pub(crate) fn pair_interactions(anova: &Anova) -> Vec<([usize; 2], &Effect)> {
    let effects = anova.effects.iter().filter_map(|effect| match effect.term {
        Term::Pair(a, b) if effect.degrees_of_freedom > 0 => Some(([a, b], effect)),
        _ => None,
    });
    by_share(effects.collect())
}

fn by_share<T>(mut effects: Vec<(T, &Effect)>) -> Vec<(T, &Effect)> {
    effects.sort_by(|(_, a), (_, b)| b.share.total_cmp(&a.share));
    effects
}
