//! Diagnostics: errors of a sweep file, for its author.

use super::span::Span;

/// An error of a sweep file: its position, a message, and how to correct it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Diagnostic {
    /// The position.
    pub span: Span,
    /// The error: a fragment in lower case that names the key and the value.
    pub message: String,
    /// How to correct it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic at `span`, without help.
    pub fn new(span: &Span, message: impl Into<String>) -> Self {
        Self {
            span: span.clone(),
            message: message.into(),
            help: None,
        }
    }

    /// `file:line:column: key: message`, without the parts that are unknown; `name` is the file.
    pub fn describe(&self, name: &str) -> String {
        let span = &self.span;
        let mut text = match span.line {
            // Not a position in the file: an option, or the file as a whole.
            0 if span.path.is_empty() => name.to_owned(),
            0 => String::from("--set"),
            line => format!("{name}:{line}:{}", span.column),
        };
        if !span.path.is_empty() {
            text.push_str(": ");
            text.push_str(&span.path);
        }
        format!("{text}: {}", self.message)
    }

    /// Sets the help.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a line to the help.
    #[must_use]
    pub fn with_more_help(mut self, more: &str) -> Self {
        self.help = Some(match self.help.take() {
            Some(help) => format!("{help}\n{more}"),
            None => more.to_owned(),
        });
        self
    }
}

/// The errors found while a sweep file is read, so that all of them can be shown.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Returns the value; on an error, records it and returns `None`.
    pub(crate) fn record<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|diagnostic| self.0.push(diagnostic)).ok()
    }

    /// Records an error.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// The number of errors so far.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Returns `value` if no error was recorded.
    ///
    /// # Errors
    /// At least one error was recorded. Errors of `--set` come first, then those of the file by position.
    pub(crate) fn into_result<T>(mut self, value: T) -> Result<T, Vec<Diagnostic>> {
        if self.0.is_empty() {
            return Ok(value);
        }
        self.0
            .sort_by_key(|diagnostic| (diagnostic.span.line, diagnostic.span.column));
        Err(self.0)
    }
}

/// An error of reading a sweep file.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// The file cannot be read.
    #[error("cannot read the sweep file {path}: {source}")]
    Read {
        /// The file.
        path: std::path::PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The text is not a valid sweep.
    #[error("{}", describe_all(.name, .diagnostics))]
    Invalid {
        /// The path of the file, as the user wrote it.
        name: String,
        /// The text of the file, for the excerpt below the message.
        text: String,
        /// The errors, at least one.
        diagnostics: Vec<Diagnostic>,
    },
}

/// The first error, and the number of others.
fn describe_all(name: &str, diagnostics: &[Diagnostic]) -> String {
    let first = diagnostics.first();
    let first = first.map_or_else(String::new, |diagnostic| diagnostic.describe(name));
    match diagnostics.len().saturating_sub(1) {
        0 => first,
        1 => format!("{first} (and 1 more error)"),
        more => format!("{first} (and {more} more errors)"),
    }
}

/// The candidate that is most similar to `word`, if it is similar enough to be what the user meant.
///
/// `word` is compared with each candidate and with its last part, so that `lerning_rate` finds
/// `training.learning_rate`. Similar means a Damerau-Levenshtein distance of at most 1 plus a third of
/// the length of the word.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word_lower = word.to_lowercase();
    let word_last = last_part(&word_lower);
    candidates
        .into_iter()
        .map(|candidate| {
            let whole = strsim::damerau_levenshtein(&word_lower, candidate);
            let last = strsim::damerau_levenshtein(word_last, last_part(candidate));
            // A match of only the last part must not win against a match of the whole.
            (whole.min(last + 1), candidate)
        })
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= 1 + word_last.chars().count() / 3)
        .map(|(_, candidate)| candidate)
}

fn last_part(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_the_intended_key() {
        let keys = ["training.learning_rate", "training.epochs", "model.width"];
        assert_eq!(nearest("training.lerning_rate", keys), Some(keys[0]));
        assert_eq!(nearest("learning_rate", keys), Some(keys[0]));
        assert_eq!(nearest("widht", keys), Some(keys[2]));
        assert_eq!(nearest("colour", keys), None);
    }
}
