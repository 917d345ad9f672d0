//! Finds the position of a value in the text of a sweep file.

use super::span::Span;
use serde_saphyr::Location;

/// An index of positions in a text, so that finding one does not read all the text before it.
pub(super) struct TextIndex<'a> {
    text: &'a str,
    /// For each line, the number of characters before it.
    lines: Vec<usize>,
    /// The byte offset of every [`STRIDE`]th character.
    marks: Vec<usize>,
}

/// Characters between two marks.
const STRIDE: usize = 256;

/// The maximum number of characters of a span.
const MAX_TOKEN_CHARS: usize = 200;

impl<'a> TextIndex<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let (mut lines, mut marks) = (vec![0], Vec::new());
        for (number, (offset, character)) in text.char_indices().enumerate() {
            if number.is_multiple_of(STRIDE) {
                marks.push(offset);
            }
            if character == '\n' {
                lines.push(number + 1);
            }
        }
        Self { text, lines, marks }
    }

    /// The byte offset of the character with this number; the end of the text if it has fewer.
    fn offset(&self, number: usize) -> usize {
        let Some(&mark) = self.marks.get(number / STRIDE) else {
            return self.text.len();
        };
        let rest = self.text.get(mark..).unwrap_or("");
        let within = rest.char_indices().nth(number % STRIDE);
        within.map_or(self.text.len(), |(offset, _)| mark + offset)
    }

    pub(super) fn span(&self, at: Location, path: String) -> Span {
        let column = at.column() as usize;
        let line = at.line() as usize;
        let before = self.lines.get(line.saturating_sub(1));
        // Lines and columns are counted in characters.
        let offset = before.map_or(self.text.len(), |before| {
            self.offset(before.saturating_add(column.saturating_sub(1)))
        });
        let token = self.text.get(offset..).unwrap_or("");
        let end = token.char_indices().nth(MAX_TOKEN_CHARS);
        let token = end.map_or(token, |(end, _)| &token[..end]);
        let length = token
            .find([',', ':', '}', ']', '\n', '#'])
            .map_or(token.len(), |end| token[..end].trim_end().len())
            .max(1);
        let is_numeric = |text: &&str| {
            text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first))
                && !text.contains(char::is_whitespace)
        };
        let source_text = token.get(..length).filter(is_numeric).map(Box::from);
        Span {
            source_text,
            line,
            column,
            offset,
            length,
            path,
        }
    }

    /// The text of a span.
    pub(super) fn token_at(&self, span: &Span) -> Option<&'a str> {
        self.text.get(span.offset..span.offset + span.length)
    }
}
