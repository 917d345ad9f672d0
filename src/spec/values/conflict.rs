//! Keys whose values contradict each other.

/// Two or more keys that do not go together.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The keys, the one to point at first.
    pub keys: &'static [&'static str],
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: String,
}
