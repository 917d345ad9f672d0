//! Where something stands in a sweep file, for messages.

/// A place in the text of a sweep file, or on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Line, counted from 1; 0 where the text has no lines (a `--set` option).
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// Offset in bytes from the start of the text.
    pub offset: usize,
    /// Length in bytes of what the message points at.
    pub length: usize,
    /// The dotted path of keys that leads here, such as `training.learning_rate`.
    pub path: String,
    /// What stands here, if it starts like a number: `010`, where the value is 10.
    pub source_text: Option<Box<str>>,
}

impl Span {
    /// The place of something given on the command line as `option`.
    pub fn command_line(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            ..Self::default()
        }
    }
}
