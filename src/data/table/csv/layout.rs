//! Finds the header of a CSV text and the separator of its cells.

use super::records::{Field, Quoting, Records};

/// The position of the header, and the separator.
#[derive(Debug, PartialEq)]
pub(crate) struct Layout<'a> {
    /// The text from the header on.
    pub table: &'a str,
    /// The line number of the header.
    pub line: usize,
    pub separator: u8,
}

/// From the least to the most likely: of equally good ones, the last is chosen.
const SEPARATORS: [u8; 4] = [b'|', b'\t', b';', b','];

/// The maximum number of records below the header from which the separator is inferred.
const MAX_SAMPLED_RECORDS: usize = 50;

/// Finds the header, which may be below blank lines, comments (`#`) and Excel's line `sep=;`.
///
/// # Errors
/// A text without a header.
pub(crate) fn layout(text: &str) -> Result<Layout<'_>, String> {
    let mut rest = text;
    let mut line = 1;
    let mut stated = None;
    // The text from the last line that starts with `#`, and its number.
    let mut comment = None;
    while !rest.is_empty() {
        let (first, below) = first_line(rest);
        if let Some(separator) = excel_separator(first).filter(|_| line == 1) {
            stated = Some(separator);
        } else if first.starts_with('#') {
            comment = Some((rest, line));
        } else if !first.trim().is_empty() {
            break;
        }
        rest = below;
        line += 1;
    }
    let separator = stated.unwrap_or_else(|| separator(rest));
    // A line such as `#,name,class` is a header if the next line has as many cells.
    let header = comment.filter(|(above, _)| {
        let cells = |text| cell_count(text, separator);
        rest.is_empty() || (cells(rest) > 1 && cells(above) == cells(rest))
    });
    let (table, line) = header.unwrap_or((rest, line));
    if table.trim().is_empty() {
        return Err("it is empty; its first line must have the columns' names".to_owned());
    }
    Ok(Layout {
        table,
        line,
        separator,
    })
}

/// The first line of a text, and the rest.
fn first_line(text: &str) -> (&str, &str) {
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    let (line, rest) = text.split_at(end);
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.get(1..));
    (line, rest.unwrap_or(""))
}

/// The separator in a line such as `sep=;`, which Excel reads and writes.
fn excel_separator(line: &str) -> Option<u8> {
    let line = line.trim_matches('"');
    let (name, separator) = line.split_at_checked(4)?;
    match separator.as_bytes() {
        [separator] if name.eq_ignore_ascii_case("sep=") && SEPARATORS.contains(separator) => {
            Some(*separator)
        }
        _ => None,
    }
}

/// The number of cells of the first record.
fn cell_count(text: &str, separator: u8) -> usize {
    let mut fields = Vec::new();
    // An unclosed quotation mark is reported when the records are read.
    let _ = Records::new(text, separator, 1).next(&mut fields);
    fields.len()
}

/// The separator that gives most of the first records as many cells as the header; of equals, the one that gives the
/// header the most cells.
fn separator(text: &str) -> u8 {
    let fit = |&separator: &u8| {
        let header = cell_count(text, separator);
        if header < 2 {
            return (0, 0);
        }
        let mut records = Records::new(text, separator, 1);
        let mut fields: Vec<Field> = Vec::new();
        let mut alike = 0;
        for _ in 0..=MAX_SAMPLED_RECORDS {
            match records.next(&mut fields) {
                Ok(Some(_)) => alike += usize::from(is_like(&fields, header)),
                _ => break,
            }
        }
        (alike, header)
    };
    let found = SEPARATORS.into_iter().max_by_key(fit);
    found.unwrap_or(b',')
}

/// Whether a record has as many cells as the header, ignoring empty ones at its end.
fn is_like(fields: &[Field], header: usize) -> bool {
    let beyond = fields.get(header..);
    beyond.is_some_and(|beyond| beyond.iter().all(Field::is_blank))
}

/// Whether a record is a comment: a single cell that starts with `#`, in a table of several columns.
pub(crate) fn is_comment(fields: &[Field], columns: usize) -> bool {
    matches!(fields, [only] if columns > 1 && only.quoting != Quoting::Full && only.raw.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (usize, char) {
        let layout = layout(text).unwrap();
        (layout.line, char::from(layout.separator))
    }

    #[test]
    fn the_separator_is_what_cuts_header_and_rows_alike() {
        assert_eq!(found("x,class\n1,a\n"), (1, ','));
        assert_eq!(found("x\tclass\n1\ta\n"), (1, '\t'));
        assert_eq!(found("x|class\n1|a\n"), (1, '|'));
        // In quoted names, and in names that are not quoted.
        assert_eq!(
            found("\"length, cm\";\"width, cm\";class\n1;2;a\n"),
            (1, ';')
        );
        assert_eq!(found("length, cm;width, cm;class\n1;2;a\n"), (1, ';'));
        assert_eq!(found("a;b;c;d,class\n1,x\n"), (1, ','));
        // Decimal commas, and separators in quoted cells.
        assert_eq!(found("x;y;class\n1,5;2,5;a\n"), (1, ';'));
        assert_eq!(found("x,class\n1,\"a;b\"\n"), (1, ','));
        assert_eq!(found("x;class;\n1;a;\n2;b\n"), (1, ';'));
        assert_eq!(found("class\na\n"), (1, ','));
    }

    #[test]
    fn a_table_may_begin_below_blank_lines_comments_and_excels_line() {
        assert_eq!(found("\n \r\nx,class\n1,a\n"), (3, ','));
        assert_eq!(found("sep=;\r\na,b;class\r\n1,5;x\r\n"), (2, ';'));
        assert_eq!(
            found("# Iris, 1936\n# by Fisher\nx,y,class\n1,2,a\n"),
            (3, ',')
        );
        // This one is a header.
        assert_eq!(found("#,x,class\n1,2,a\n"), (1, ','));
        assert_eq!(found("# points\n#,x,class\n1,2,a\n"), (2, ','));
        for text in ["", "\n\n", "# nothing else\n\n"] {
            assert_eq!(layout(text).is_err(), !text.starts_with('#'), "{text:?}");
        }
    }
}
