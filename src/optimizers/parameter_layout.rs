//! Which parameters are hidden weights, and their shapes.

use std::ops::Range;

/// The hidden weights of a cohort, for optimizers that treat them as matrices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParameterLayout {
    /// Among all parameters, the indices of the weights of every layer but the output layer.
    pub hidden_weights: Vec<usize>,
    /// For each member, the rows and columns of these weights without padding.
    pub shapes: Vec<Vec<[usize; 2]>>,
}

impl ParameterLayout {
    /// The layout of a range of members.
    pub(crate) fn narrow_members(&self, members: &Range<usize>) -> Self {
        Self {
            hidden_weights: self.hidden_weights.clone(),
            shapes: self.shapes[members.clone()].to_vec(),
        }
    }
}
