//! Prose with code between backticks, as in CommonMark.

/// A piece of prose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Plain text.
    Text(&'a str),
    /// Code, without its backticks.
    Code(&'a str),
}

/// A name as code, between more backticks than it contains in a row.
pub(crate) fn code(name: &str) -> String {
    let ticks = "`".repeat(max_backtick_run(name) + 1);
    let is_spaced = name.starts_with(' ') && name.ends_with(' ') && !name.trim().is_empty();
    if name.starts_with('`') || name.ends_with('`') || is_spaced {
        format!("{ticks} {name} {ticks}")
    } else {
        format!("{ticks}{name}{ticks}")
    }
}

/// The maximum number of backticks in a row.
pub(super) fn max_backtick_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0)
}

/// Splits prose into text and code, as CommonMark does: code ends at as many backticks as it
/// started with; unmatched backticks are text.
pub(crate) fn split_code(prose: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let (mut text, mut at) = (0, 0);
    while let Some(tick) = prose[at..].find('`').map(|offset| at + offset) {
        let opened = tick + leading_ticks(&prose[tick..]);
        let Some(end) = closing_ticks(prose, opened, opened - tick) else {
            at = opened;
            continue;
        };
        if text < tick {
            found.push(Piece::Text(&prose[text..tick]));
        }
        found.push(Piece::Code(strip_padding(&prose[opened..end])));
        at = end + (opened - tick);
        text = at;
    }
    if text < prose.len() {
        found.push(Piece::Text(&prose[text..]));
    }
    found
}

/// The number of backticks at the start of a text.
fn leading_ticks(text: &str) -> usize {
    text.len() - text.trim_start_matches('`').len()
}

/// The position of the first run of exactly this many backticks, from a position on.
fn closing_ticks(prose: &str, from: usize, ticks: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let tick = at + prose[at..].find('`')?;
        let length = leading_ticks(&prose[tick..]);
        if length == ticks {
            return Some(tick);
        }
        at = tick + length;
    }
}

/// Code without the spaces that separate its own backticks from those around it.
fn strip_padding(code: &str) -> &str {
    match code
        .strip_prefix(' ')
        .and_then(|code| code.strip_suffix(' '))
    {
        Some(inner) if !code.trim().is_empty() => inner,
        _ => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn code_ends_at_as_many_backticks_as_it_started_with() {
        use Piece::{Code, Text};
        assert_eq!(
            split_code("a < `b<c` `d"),
            [Text("a < "), Code("b<c"), Text(" `d")]
        );
        assert_eq!(split_code("``a`b`` c"), [Code("a`b"), Text(" c")]);
        assert_eq!(split_code("`` ` ``"), [Code("`")]);
        assert_eq!(split_code("``a` b"), [Text("``a` b")]);
        assert_eq!(split_code(""), []);
    }

    proptest! {
        #[test]
        fn any_name_becomes_code(name in "[` a-c<é]{1,8}") {
            let prose = format!("of {}, too", code(&name));
            prop_assert_eq!(
                split_code(&prose),
                [Piece::Text("of "), Piece::Code(&name), Piece::Text(", too")]
            );
        }
    }
}
