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
    #[error("{}", describe(.name, .diagnostic))]
    Invalid {
        /// The path of the file, as the user wrote it.
        name: String,
        /// The text of the file, for the excerpt below the message.
        text: String,
        /// The error.
        diagnostic: Box<Diagnostic>,
    },
}

/// `file:line:column: key: message`, without the parts that are unknown.
fn describe(name: &str, diagnostic: &Diagnostic) -> String {
    let span = &diagnostic.span;
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
    format!("{text}: {}", diagnostic.message)
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
