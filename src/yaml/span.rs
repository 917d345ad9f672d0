//! Positions in a sweep file, for messages.

/// A position in a sweep file, or an option of the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The line, from 1; 0 for an option of the command line.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The offset in bytes.
    pub offset: usize,
    /// The length in bytes.
    pub length: usize,
    /// The path of keys, such as `training.learning_rate`.
    pub path: String,
    /// The source text, if it starts like a number: `010` for the value 10.
    pub source_text: Option<Box<str>>,
}

impl Span {
    /// The span of the option `path` of the command line.
    pub fn command_line(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            ..Self::default()
        }
    }
}
