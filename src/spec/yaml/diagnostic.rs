//! What is wrong with a sweep, told to the person who wrote it.

use super::span::Span;

/// One fault of a sweep: where it stands, what is wrong, what would be right.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Diagnostic {
    /// Where it stands.
    pub span: Span,
    /// What is wrong: a fragment in lower case that names key and value.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A problem at `place`.
    pub fn new(span: &Span, message: impl Into<String>) -> Self {
        Self {
            span: span.clone(),
            message: message.into(),
            help: None,
        }
    }

    /// Adds what would be right.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a second sentence to what would be right.
    #[must_use]
    pub fn with_more_help(mut self, more: &str) -> Self {
        self.help = Some(match self.help.take() {
            Some(help) => format!("{help}\n{more}"),
            None => more.to_owned(),
        });
        self
    }
}

/// A sweep file that cannot be read or does not make sense.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// The file cannot be read.
    #[error("cannot read the sweep file {path}: {source}")]
    Read {
        /// The file.
        path: std::path::PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The text is read, but is not a valid sweep.
    #[error("{}", describe(.name, .diagnostic))]
    Invalid {
        /// The file's name as the user gave it.
        name: String,
        /// The file's text, for the snippet under the message.
        text: String,
        /// What is wrong.
        diagnostic: Box<Diagnostic>,
    },
}

/// `file:line: key: message`, with what is known of it.
fn describe(name: &str, diagnostic: &Diagnostic) -> String {
    let span = &diagnostic.span;
    let mut text = match span.line {
        // Nowhere in the file: from the command line, or of the file as a whole.
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

/// The candidate nearest to `word`, if one is near enough to be a likely slip of the pen.
///
/// Compared with the whole of each candidate and with its last part, so that `lerning_rate`
/// finds `training.learning_rate`. Near means a Damerau-Levenshtein distance of at most a third
/// of the word's length.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word_lower = word.to_lowercase();
    let word_last = last_part(&word_lower);
    candidates
        .into_iter()
        .map(|candidate| {
            let whole = strsim::damerau_levenshtein(&word_lower, candidate);
            let last = strsim::damerau_levenshtein(word_last, last_part(candidate));
            // A match of the last part alone must not beat a match of the whole.
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
    fn a_typo_finds_the_key_it_meant() {
        let keys = ["training.learning_rate", "training.epochs", "model.width"];
        assert_eq!(nearest("training.lerning_rate", keys), Some(keys[0]));
        assert_eq!(nearest("learning_rate", keys), Some(keys[0]));
        assert_eq!(nearest("widht", keys), Some(keys[2]));
        assert_eq!(nearest("colour", keys), None);
    }
}
