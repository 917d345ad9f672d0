//! How missing values are imputed: with the median of numbers, else the most frequent value, of a run's training
//! samples, as in scikit-learn's `SimpleImputer`.

/// Marks a missing value until it is imputed. A table with this number is refused.
pub const MISSING: f32 = f32::MIN;

/// The rule that imputes the missing values of a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imputation {
    /// The median.
    Median,
    /// The most frequent value; of equally frequent ones the smallest.
    MostFrequent,
    /// For a feature of a one-hot block: 1 if its category is the most frequent (the first of equally frequent ones),
    /// else 0.
    OneHot {
        /// The first feature of the block.
        first: usize,
        /// The number of features of the block.
        categories: usize,
    },
}

impl Imputation {
    /// A code that is unique among rules, for the hash of a data set.
    pub(crate) fn code(self) -> [u64; 3] {
        match self {
            Self::Median => [0, 0, 0],
            Self::MostFrequent => [1, 0, 0],
            Self::OneHot { first, categories } => [2, first as u64, categories as u64],
        }
    }
}
