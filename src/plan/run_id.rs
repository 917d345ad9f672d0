//! The identifier of a run.

/// One training of one trial. It has a folder and a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId {
    /// The trial's position in the plan.
    pub trial: usize,
    /// The repeat, from 0.
    pub repeat: u32,
    /// The fold, from 0.
    pub fold: u32,
}
