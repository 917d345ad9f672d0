//! What a device needs from the system.

/// Something that a device needs from the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Its name, such as `NVRTC`.
    pub name: &'static str,
    /// Where it is, or what it is.
    pub state: Result<String, MissingRequirement>,
}

/// Something that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingRequirement {
    /// What was looked for, and where.
    pub reason: String,
    /// How to get it.
    pub remedy: &'static str,
}
