//! Which trial a sweep file's rule chooses. Pure: the report, `export` and the retention of weights
//! make the same choice.

mod candidate;
mod scores;
mod select;

pub(crate) use candidate::Candidate;
pub(crate) use scores::are_comparable;
pub(crate) use select::{Selection, select};
