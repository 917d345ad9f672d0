//! Functional ANOVA: how much of the variance of scores on a grid each factor and each pair of
//! factors explains.
//!
//! The functional ANOVA of a function on a grid (Hooker 2007; for hyperparameters Hutter, Hoos and
//! Leyton-Brown 2014) writes a cell's mean as the sum of a constant, an effect of each factor, an
//! effect of each pair, and the interactions of three or more factors. On a complete grid these are
//! orthogonal, and so are their sums of squares, which follow from marginal means. Differences
//! between blocks (splits) are removed first; what remains of a single score is noise.

use crate::Error;
use crate::grid::Grid;
use crate::scores::{check_ratio, columns, magnitude, mean, rounding};
use crate::tail::f_upper;

/// The variance of the scores on a grid within blocks, divided into effects and noise.
#[derive(Clone, Debug, PartialEq)]
pub struct Anova {
    /// The main effect of each factor, then each pair in the order (0, 1), (0, 2), … (1, 2), …,
    /// then, for three or more factors, all higher interactions combined.
    pub effects: Vec<Effect>,
    /// The noise; `None` with a single block.
    pub noise: Option<Noise>,
}

/// The factors that an effect belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    /// Main effect of one factor.
    Main(usize),
    /// Interaction of two factors, beyond their main effects.
    Pair(usize, usize),
    /// Interactions of three or more factors, beyond all main effects and pairs.
    Higher,
}

/// A component of the variance between cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// The factors of the effect.
    pub term: Term,
    /// Sum of squares over cells and blocks.
    pub sum_of_squares: f64,
    /// Degrees of freedom; 0 if a factor has one level.
    pub degrees_of_freedom: usize,
    /// Share of the variance within blocks, from 0 to 1, corrected for the part that noise
    /// contributes by chance.
    pub share: f64,
    /// Test of the effect against noise; `None` if there is no noise to compare it with.
    pub test: Option<FTest>,
}

/// An F test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FTest {
    /// Mean square of the effect, divided by the mean square expected from noise alone.
    pub f: f64,
    /// Probability of an F at least as large if there is no effect.
    pub p_value: f64,
}

/// The residual variance of scores after removing the effects of cells and blocks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Sum of squares over cells and blocks.
    pub sum_of_squares: f64,
    /// Degrees of freedom: (cells − 1) · (blocks − 1).
    pub degrees_of_freedom: usize,
    /// Share of the variance within blocks: 1 minus the shares of all effects.
    pub share: f64,
}

/// Divides the variance of the scores on a complete grid.
///
/// `levels` has the number of levels of each factor. `scores` has a row for each cell, with the
/// last factor varying fastest, and in each row a score for each block; the blocks are the splits,
/// which all cells share. `test_to_train` is the ratio of validation to training samples of a
/// split.
///
/// A sum of squares with d degrees of freedom contains d · MS of noise by chance, where MS is the
/// mean square of the noise. For shares this part is subtracted, and negative results become 0, as
/// in Hays's ω² (1963). The total is SS within blocks + B · MS for B blocks, which has the same
/// expectation as for single scores, and the noise gets what the effects leave, so shares sum to 1.
///
/// If training sets overlap, the errors of a cell's scores are correlated, so the blocks show too
/// little of the noise of the cell's mean: the chance part is (1 + B · `test_to_train`) times
/// larger, and F is smaller by the same factor. This is the correction of Nadeau and Bengio (2003);
/// for two cells, F is the square of their corrected t. With a ratio of 0, all results are those of
/// the textbook.
///
/// With a single block the noise cannot be estimated: shares are SS / SS within blocks, and contain
/// noise.
///
/// # Errors
///
/// Returns an error if rows do not form a complete grid or differ in length, if a score is not a
/// number or too large, if the ratio is invalid, or if scores do not vary within any block.
pub fn functional_anova(
    levels: &[usize],
    scores: &[impl AsRef<[f64]>],
    test_to_train: f64,
) -> Result<Anova, Error> {
    let blocks = columns(scores)?;
    check_ratio(test_to_train)?;
    let grid = Grid::new(levels, scores.len())?;
    let parts = Parts::of(scores, blocks)?;
    let mut effects = effects(&grid, &parts.cells, blocks);
    let explained: f64 = effects.iter().map(|effect| effect.sum_of_squares).sum();
    let degrees_of_freedom = (grid.cells() - 1) * (blocks - 1);
    if degrees_of_freedom == 0 {
        for effect in &mut effects {
            effect.share = effect.sum_of_squares / explained;
        }
        let noise = None;
        return Ok(Anova { effects, noise });
    }
    let noise_square = parts.noise / degrees_of_freedom as f64;
    let by_chance = noise_square * (1.0 + blocks as f64 * test_to_train);
    let whole = explained + parts.noise + blocks as f64 * (1.0 + test_to_train) * noise_square;
    for effect in &mut effects {
        let degrees = effect.degrees_of_freedom as f64;
        effect.share = (effect.sum_of_squares - degrees * by_chance).max(0.0) / whole;
        if degrees > 0.0 && by_chance > 0.0 {
            let f = effect.sum_of_squares / degrees / by_chance;
            let p_value = f_upper(f, degrees, degrees_of_freedom as f64);
            effect.test = Some(FTest { f, p_value });
        }
    }
    let shares: f64 = effects.iter().map(|effect| effect.share).sum();
    let noise = Noise {
        sum_of_squares: parts.noise,
        degrees_of_freedom,
        share: (1.0 - shares).max(0.0),
    };
    Ok(Anova {
        effects,
        noise: Some(noise),
    })
}

/// Scores after removing the means of their blocks.
struct Parts {
    /// Mean of each cell over the blocks, minus the overall mean.
    cells: Vec<f64>,
    /// Residual sum of squares.
    noise: f64,
}

impl Parts {
    fn of(scores: &[impl AsRef<[f64]>], blocks: usize) -> Result<Self, Error> {
        let of_block = |block| scores.iter().map(move |row| row.as_ref()[block]);
        let means: Vec<f64> = (0..blocks)
            .map(|block| mean(&of_block(block).collect::<Vec<_>>()))
            .collect();
        let rounding = rounding(magnitude(scores.iter().flat_map(AsRef::as_ref)));
        let (mut cells, mut noise) = (Vec::with_capacity(scores.len()), 0.0);
        let (mut varies, mut noisy) = (false, false);
        let mut within = vec![0.0; blocks];
        for row in scores {
            for ((within, score), of_block) in within.iter_mut().zip(row.as_ref()).zip(&means) {
                *within = score - of_block;
                varies |= within.abs() > rounding;
            }
            let cell = mean(&within);
            for within in &within {
                noise += (within - cell).powi(2);
                noisy |= (within - cell).abs() > rounding;
            }
            cells.push(cell);
        }
        if !varies {
            return Err(Error::NoVariance);
        }
        let noise = if noisy { noise } else { 0.0 };
        Ok(Self { cells, noise })
    }
}

/// Returns the sums of squares of all effects; `cells` has mean 0.
fn effects(grid: &Grid, cells: &[f64], blocks: usize) -> Vec<Effect> {
    let factors = grid.factors();
    let levels: Vec<Vec<usize>> = (0..factors)
        .map(|factor| grid.level_of_cells(factor).collect())
        .collect();
    let mut rest = cells.to_vec();
    let mut effects: Vec<Effect> = Vec::new();
    let mut add = |term, squares: f64, degrees_of_freedom| {
        // Without degrees of freedom, the squares are rounding errors.
        let squares = if degrees_of_freedom == 0 {
            0.0
        } else {
            squares
        };
        effects.push(Effect {
            term,
            sum_of_squares: blocks as f64 * squares,
            degrees_of_freedom,
            share: 0.0,
            test: None,
        });
    };
    // On a complete grid the effects are orthogonal, so after removing the main effects, the means
    // of the rest are those of the pairs.
    let mut left = grid.cells() - 1;
    for (factor, of_cells) in levels.iter().enumerate() {
        let squares = take_means(&mut rest, grid.levels(factor), |cell| of_cells[cell]);
        let degrees = grid.levels(factor) - 1;
        left -= degrees;
        add(Term::Main(factor), squares, degrees);
    }
    for first in 0..factors {
        for second in first + 1..factors {
            let width = grid.levels(second);
            let group = |cell: usize| levels[first][cell] * width + levels[second][cell];
            let squares = take_means(&mut rest, grid.levels(first) * width, group);
            let degrees = (grid.levels(first) - 1) * (width - 1);
            left -= degrees;
            add(Term::Pair(first, second), squares, degrees);
        }
    }
    if factors > 2 {
        let squares = rest.iter().map(|value| value * value).sum();
        add(Term::Higher, squares, left);
    }
    effects
}

/// Subtracts from each value the mean of its group and returns the sum of squares of what was
/// subtracted. All groups have the same size.
fn take_means(values: &mut [f64], groups: usize, group: impl Fn(usize) -> usize) -> f64 {
    let mut means = vec![0.0; groups];
    for (cell, value) in values.iter().enumerate() {
        means[group(cell)] += value;
    }
    let size = (values.len() / groups) as f64;
    for mean in &mut means {
        *mean /= size;
    }
    for (cell, value) in values.iter_mut().enumerate() {
        *value -= means[group(cell)];
    }
    size * means.iter().map(|mean| mean * mean).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corrected_t_test;
    use crate::reference::{assert_close, cases, number, numbers};
    use serde_json::Value;

    fn table(value: &Value) -> Vec<Vec<f64>> {
        value.as_array().unwrap().iter().map(numbers).collect()
    }

    fn name(term: Term) -> String {
        match term {
            Term::Main(factor) => format!("{factor}"),
            Term::Pair(first, second) => format!("{first}:{second}"),
            Term::Higher => "higher".to_owned(),
        }
    }

    #[test]
    fn sums_of_squares_and_tests_are_those_of_statsmodels() {
        for case in cases("anova") {
            let levels: Vec<usize> = numbers(&case["levels"])
                .iter()
                .map(|&n| n as usize)
                .collect();
            let found = functional_anova(&levels, &table(&case["scores"]), 0.0).unwrap();
            let noise = found.noise.unwrap();
            let title = &case["name"];
            let expected = &case["noise"];
            assert_eq!(
                noise.degrees_of_freedom as f64,
                number(&expected["df"]),
                "{title}"
            );
            assert_close(
                noise.sum_of_squares,
                &expected["ss"],
                format_args!("{title}: noise"),
            );
            let terms = case["effects"].as_object().unwrap();
            assert_eq!(found.effects.len(), terms.len(), "{title}");
            for effect in &found.effects {
                let term = name(effect.term);
                let expected = &terms[&term];
                let label = format!("{title}: {term}");
                assert_eq!(
                    effect.degrees_of_freedom as f64,
                    number(&expected["df"]),
                    "{label}"
                );
                assert_close(effect.sum_of_squares, &expected["ss"], &label);
                let test = effect.test.unwrap();
                assert_close(test.f, &expected["f"], format_args!("{label}: F"));
                assert_close(test.p_value, &expected["p"], format_args!("{label}: p"));
            }
        }
    }

    #[test]
    fn shares_match_a_calculation_by_hand() {
        // Cells differ from the mean by 1, and scores from their cell and block by 1/2, so the sums
        // of squares are 4 and 1, each with one degree of freedom.
        let scores = [[4.0, 2.0], [1.0, 1.0]];
        for (ratio, share, f) in [(0.0, 3.0 / 7.0, 4.0), (0.5, 2.0 / 8.0, 2.0)] {
            let found = functional_anova(&[2], &scores, ratio).unwrap();
            let (effect, noise) = (found.effects[0], found.noise.unwrap());
            assert_eq!((effect.sum_of_squares, noise.sum_of_squares), (4.0, 1.0));
            assert_eq!((effect.share, effect.test.unwrap().f), (share, f));
            assert_eq!(noise.share, 1.0 - share);
        }
    }

    #[test]
    fn with_two_cells_it_is_the_corrected_t_test() {
        let scores = [[0.91, 0.94, 0.90, 0.93], [0.89, 0.93, 0.91, 0.90]];
        let ratio = 1.0 / 3.0;
        let anova = functional_anova(&[2], &scores, ratio).unwrap();
        let t = corrected_t_test(&scores[0], &scores[1], ratio).unwrap();
        let f = anova.effects[0].test.unwrap();
        assert!((f.f - t.statistic.unwrap().powi(2)).abs() < 1e-12);
        assert!((f.p_value - t.p_value).abs() < 1e-12);
    }

    #[test]
    fn a_single_block_has_shares_but_no_noise() {
        let scores = [[1.0], [2.0], [3.0], [4.0]];
        let found = functional_anova(&[2, 2], &scores, 0.5).unwrap();
        assert_eq!(found.noise, None);
        let shares: Vec<f64> = found.effects.iter().map(|effect| effect.share).collect();
        assert_eq!(shares, [0.8, 0.2, 0.0]);
        assert!(found.effects.iter().all(|effect| effect.test.is_none()));
    }

    #[test]
    fn scores_without_noise_have_shares_without_tests() {
        let scores = [[0.1; 3], [0.2; 3], [0.3; 3], [0.4; 3]];
        let found = functional_anova(&[2, 2], &scores, 0.5).unwrap();
        let noise = found.noise.unwrap();
        assert_eq!((noise.sum_of_squares, noise.degrees_of_freedom), (0.0, 6));
        assert!(noise.share < 1e-15);
        assert!((found.effects[0].share - 0.8).abs() < 1e-12);
        assert!(found.effects.iter().all(|effect| effect.test.is_none()));
    }

    #[test]
    fn a_factor_of_one_level_explains_nothing() {
        let scores = [[0.1, 0.3], [0.5, 0.4], [0.2, 0.2]];
        let found = functional_anova(&[1, 3], &scores, 0.0).unwrap();
        for effect in [found.effects[0], found.effects[2]] {
            assert_eq!((effect.degrees_of_freedom, effect.share), (0, 0.0));
            assert_eq!(effect.test, None);
        }
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        let equal = functional_anova(&[2], &[[0.1, 0.3], [0.1, 0.3]], 0.0);
        assert_eq!(equal, Err(Error::NoVariance));
        let no_factor = functional_anova(&[], &[[0.1, 0.3]], 0.0);
        assert_eq!(no_factor, Err(Error::NoVariance));
        let incomplete = functional_anova(&[2, 2], &[[0.1], [0.3], [0.2]], 0.0);
        let (levels, rows) = (vec![2, 2], 3);
        assert_eq!(incomplete, Err(Error::NotAGrid { levels, rows }));
        assert!(functional_anova(&[2], &[vec![0.1, 0.2], vec![0.3]], 0.0).is_err());
        assert!(functional_anova(&[2], &[[f64::NAN], [0.3]], 0.0).is_err());
        assert!(functional_anova(&[2], &[[0.1], [0.3]], f64::INFINITY).is_err());
    }
}
