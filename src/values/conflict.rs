//! Keys whose values contradict each other.

/// Two or more keys whose values contradict each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The keys; the message points at the first one that the sweep file sets.
    pub keys: &'static [&'static str],
    /// The error.
    pub message: String,
    /// How to correct it.
    pub help: String,
}
