//! One of the scores.

use super::catalog::DEFINITIONS;
use super::definition::ScoreDefinition;
use std::fmt;
use std::ops::Deref;

/// A score of a model on samples, such as the accuracy. It stands for its [`ScoreDefinition`], whose
/// fields it has.
///
/// Scores are ordered as columns are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u8);

impl Score {
    /// The share of correctly classified samples.
    pub const ACCURACY: Self = Self::defined("accuracy");

    /// The mean cross-entropy.
    pub const LOSS: Self = Self::defined("loss");

    /// The mean F1 score over the classes.
    pub const MACRO_F1: Self = Self::defined("macro_f1");

    /// The scores that are measured after every epoch, because training computes them anyway.
    pub const EVERY_EPOCH: [Self; 2] = [Self::LOSS, Self::ACCURACY];

    /// The scores that every report has.
    pub const REPORTED: [Self; 3] = [Self::ACCURACY, Self::LOSS, Self::MACRO_F1];

    /// All scores, in the order of columns.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        (0..DEFINITIONS.len()).map(|index| Self(index as u8))
    }

    /// The score of this name.
    pub fn named(id: &str) -> Option<Self> {
        Self::all().find(|score| score.id == id)
    }

    /// The score of this name, which must be one.
    const fn defined(id: &str) -> Self {
        let mut index = 0;
        while index < DEFINITIONS.len() {
            if is_equal(DEFINITIONS[index].id.as_bytes(), id.as_bytes()) {
                return Self(index as u8);
            }
            index += 1;
        }
        panic!("no score has this name");
    }
}

/// Whether two texts are equal; `==` is not available when constants are computed.
const fn is_equal(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
}

impl Deref for Score {
    type Target = ScoreDefinition;

    fn deref(&self) -> &ScoreDefinition {
        &DEFINITIONS[usize::from(self.0)]
    }
}

impl fmt::Debug for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}
