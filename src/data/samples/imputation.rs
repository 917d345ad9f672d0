//! What fills missing values: the median of a number, else the most frequent value, of a run's own
//! training samples, as scikit-learn's `SimpleImputer` has them.

/// Stands for a missing value until it is filled. A table with this number is refused.
pub const MISSING: f32 = f32::MIN;

/// What fills the missing values of a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imputation {
    /// The median.
    Median,
    /// The most frequent value; of equally frequent ones the smallest.
    MostFrequent,
    /// A feature of a one-hot block: 1 if it stands for the most frequent level, else 0. Of equally frequent
    /// levels the first counts.
    OneHot {
        /// The first feature of the block.
        first: usize,
        /// How many features the block has.
        levels: usize,
    },
}

impl Imputation {
    /// Numbers that no other rule has, for the hash of a data set.
    pub(crate) fn code(self) -> [u64; 3] {
        match self {
            Self::Median => [0, 0, 0],
            Self::MostFrequent => [1, 0, 0],
            Self::OneHot { first, levels } => [2, first as u64, levels as u64],
        }
    }
}
