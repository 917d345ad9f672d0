//! Markdown for CommonMark, GitHub and TensorBoard (Python-Markdown).

use super::code::{Piece, code, max_backtick_run, split_code};
use super::single_line;

/// Escapes text for a cell, a heading or a caption, on one line.
///
/// Only possible markup is escaped, so that tables stay readable as plain text: `_` between letters
/// and `<` before a space are kept. Backslashes escape the characters for which every dialect
/// allows it, and `|`, which would end a cell; the others are entities.
pub(crate) fn markdown(text: &str) -> String {
    inline(&single_line(text))
}

/// A heading of this level.
pub(crate) fn markdown_heading(level: u8, title: &str) -> String {
    let title = markdown(title);
    // `#` at the end would close the heading.
    let closed = title.trim_end_matches('#');
    let is_closed = closed.len() < title.len() && (closed.is_empty() || closed.ends_with(' '));
    let title = if is_closed {
        format!("{closed}\\{}", &title[closed.len()..])
    } else {
        title
    };
    format!("{} {title}", "#".repeat(usize::from(level)))
}

/// Escapes prose with code between backticks; empty lines separate paragraphs. No line starts a
/// list, a heading or another block.
pub(crate) fn markdown_paragraphs(prose: &str) -> String {
    let text: String = split_code(prose)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => {
                let lines = text.replace("\r\n", "\n").replace('\r', "\n");
                let lines = lines.split('\n').map(markdown);
                lines.collect::<Vec<_>>().join("\n")
            }
            Piece::Code(name) => code(&single_line(name)),
        })
        .collect();
    let lines = text.lines().map(|line| escape_block_start(line.trim()));
    lines.collect::<Vec<_>>().join("\n")
}

/// A fenced code block, with more backticks than the code contains in a row.
pub(crate) fn code_block(language: &str, lines: &str) -> String {
    let fence = "`".repeat((max_backtick_run(lines) + 1).max(3));
    format!("{fence}{language}\n{}\n{fence}", lines.trim_end())
}

fn inline(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = None;
    for (position, character) in text.char_indices() {
        let after = &text[position + character.len_utf8()..];
        let next = after.chars().next();
        match character {
            '*' | '`' | '[' | ']' | '|' => escaped.extend(['\\', character]),
            '_' if !is_inside_word(before, after) => escaped.push_str("\\_"),
            '\\' if next.is_none_or(|next| next.is_ascii_punctuation()) => escaped.push_str("\\\\"),
            '<' if next.is_some_and(|next| next != ' ') => escaped.push_str("&lt;"),
            '&' if starts_entity(after) => escaped.push_str("&amp;"),
            // `~` strikes text out, `$` starts a formula.
            '~' => escaped.push_str("&#126;"),
            '$' => escaped.push_str("&#36;"),
            // GitHub replaces emoji codes after it has resolved entities.
            ':' if starts_emoji(after) => escaped.push_str(":<!-- -->"),
            other => escaped.push(other),
        }
        if character != '_' {
            before = Some(character);
        }
    }
    escaped
}

/// Whether an underscore is within a word, where every dialect keeps it. `before` is the last
/// character that is not an underscore, `after` the text that follows.
fn is_inside_word(before: Option<char>, after: &str) -> bool {
    let after = after.trim_start_matches('_').chars().next();
    let is_of_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    is_of_word(before) && is_of_word(after)
}

/// Whether a colon before this text would start an emoji code on GitHub, such as `:tada:`, unlike
/// the minutes of a time.
fn starts_emoji(after: &str) -> bool {
    let is_of_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-');
    let rest = after.trim_start_matches(is_of_code);
    let code = &after[..after.len() - rest.len()];
    let is_number = matches!(code, "+1" | "-1" | "100" | "1234");
    rest.starts_with(':') && (is_number || code.contains(|c: char| c.is_ascii_alphabetic()))
}

/// Whether an ampersand before this text would start an entity.
fn starts_entity(after: &str) -> bool {
    let name = after.split(|c: char| !c.is_ascii_alphanumeric() && c != '#');
    let length = name.map(str::len).next().unwrap_or(0);
    length > 0 && after[length..].starts_with(';')
}

/// Escapes the start of a line, so that it does not start a block.
fn escape_block_start(line: &str) -> String {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = line.split_at(digits);
    let mut characters = rest.chars();
    let (first, second) = (characters.next(), characters.next());
    let is_marker = second.is_none_or(char::is_whitespace);
    match first {
        Some('#' | '>') if digits == 0 => format!("\\{line}"),
        Some('+') if digits == 0 && is_marker => format!("\\{line}"),
        // A list, a thematic break, or a heading underlined.
        Some('-') if digits == 0 && (is_marker || matches!(second, Some('-' | ':'))) => {
            format!("\\{line}")
        }
        // The delimiter row of a table.
        Some(':') if digits == 0 && second == Some('-') => format!("&#58;{}", &line[1..]),
        Some('=') if digits == 0 => format!("&#61;{}", &line[1..]),
        Some('.' | ')') if digits > 0 && is_marker => format!("{number}\\{rest}"),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    #[test]
    fn plain_text_is_unchanged() {
        for text in [
            "optimizer-sgd_momentum0_width32",
            "a__b",
            "94.65 ± 0.10",
            "< 0.001",
            "true \\ predicted",
            "R&D",
            "C#",
            "a - b + c = d > e",
            "– ≈ ★ ◆",
            "12:30:45, a: b, c::d, @me, #1",
        ] {
            assert_eq!(markdown(text), text);
        }
    }

    #[test]
    fn markup_is_escaped() {
        for (text, expected) in [
            ("<unk>", "&lt;unk>"),
            ("__background__", "\\_\\_background\\_\\_"),
            ("a*b*c", "a\\*b\\*c"),
            ("a|b\nc\r\nd", "a\\|b c d"),
            ("`x`", "\\`x\\`"),
            ("[a](b)", "\\[a\\](b)"),
            ("&amp; &#35;", "&amp;amp; &amp;#35;"),
            ("~a~ $b$", "&#126;a&#126; &#36;b&#36;"),
            ("\\*", "\\\\\\*"),
            ("a\\", "a\\\\"),
            (":tada: :+1:", ":<!-- -->tada: :<!-- -->+1:"),
        ] {
            assert_eq!(markdown(text), expected);
        }
    }

    #[test]
    fn code_in_prose_is_kept_and_lines_start_no_block() {
        assert_eq!(
            markdown_paragraphs("of `a_*b`:\n# <b>\n1. x\n- y\n    z\n===\n\n> q"),
            "of `a_*b`:\n\\# &lt;b>\n1\\. x\n\\- y\nz\n&#61;==\n\n\\> q"
        );
        assert_eq!(
            code_block("yaml", "a: |\n  ```\n"),
            "````yaml\na: |\n  ```\n````"
        );
    }

    fn options() -> Options {
        Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_MATH
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_TASKLISTS
    }

    /// The rendered text of each cell, heading and paragraph; panics on any other markup.
    fn seen(text: &str) -> Vec<String> {
        let mut blocks = vec![];
        for event in Parser::new_ext(text, options()) {
            match event {
                Event::Start(Tag::TableCell | Tag::Paragraph | Tag::Heading { .. }) => {
                    blocks.push(String::new());
                }
                Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableRow)
                | Event::End(
                    TagEnd::Table
                    | TagEnd::TableHead
                    | TagEnd::TableRow
                    | TagEnd::TableCell
                    | TagEnd::Paragraph
                    | TagEnd::Heading(_),
                ) => {}
                Event::Text(text) | Event::Code(text) => blocks.last_mut().unwrap().push_str(&text),
                Event::InlineHtml(comment) if &*comment == "<!-- -->" => {}
                Event::SoftBreak => blocks.last_mut().unwrap().push('\n'),
                other => panic!("{other:?} in {text:?}"),
            }
        }
        blocks
    }

    /// Texts with markup characters of all dialects.
    const HOSTILE: &str = r"[ab1é_*`<>\\|\[\]()!&#;~$:/=+.@{}^'-]{1,10}( [a_*`<\\|~$#&;.)-]{1,6})?";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn a_cell_shows_its_text(text in HOSTILE) {
            let table = format!("| {0} | n |\n| --- | --: |\n| {0} | 1 |\n", markdown(&text));
            prop_assert_eq!(seen(&table), [text.as_str(), "n", &text, "1"]);
        }

        #[test]
        fn a_heading_shows_its_text(text in HOSTILE) {
            let heading = markdown_heading(2, &text);
            prop_assert_eq!(seen(&heading), [text]);
        }

        #[test]
        fn paragraphs_show_their_lines(lines in proptest::collection::vec(HOSTILE, 1..4)) {
            // Backticks would start code.
            let text = lines.join("\n").replace('`', "'");
            let paragraph = format!("# t\n\n{}\n", markdown_paragraphs(&text));
            prop_assert_eq!(seen(&paragraph), ["t".to_owned(), text]);
        }

        #[test]
        fn a_name_is_code_in_prose(name in HOSTILE) {
            let prose = format!("Of {}.", code(&name));
            let expected = format!("Of {name}.");
            prop_assert_eq!(seen(&markdown_paragraphs(&prose)), [expected]);
        }
    }
}
