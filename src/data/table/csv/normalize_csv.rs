//! Rewrites a CSV text for polars, without what people and programs put around a table.

use super::decimal_marks::{self, DecimalMarks};
use super::layout::{Layout, is_comment, layout};
use super::records::{Field, Quoting, Records};
use crate::data::table::columns::missing::MissingValues;
use std::collections::HashSet;

/// A normalized CSV text.
#[derive(Debug, PartialEq)]
pub(crate) struct NormalizedCsv {
    /// A header, then one line per record; fields are quoted if necessary.
    pub text: String,
    pub separator: u8,
    /// The columns' names.
    pub names: Vec<String>,
    /// For each column, whether it has neither a name nor any value, as caused by separators at the ends of lines.
    pub unused: Vec<bool>,
    /// For each column, a number whose point may separate thousands or decimals.
    pub ambiguous_numbers: Vec<Option<String>>,
    /// The number of records.
    pub records: usize,
}

/// Removes blank lines, comments and empty cells beyond the header, and replaces decimal commas by points. The cells of
/// `text_columns` do not change.
///
/// # Errors
/// A reason that names the line.
pub(crate) fn normalize(
    text: &str,
    text_columns: &[&str],
    missing: &MissingValues,
) -> Result<NormalizedCsv, String> {
    let Layout {
        table,
        line,
        separator,
    } = layout(text)?;
    let mut records = Records::new(table, separator, line);
    let mut fields = Vec::new();
    let header_line = records.next(&mut fields)?.unwrap_or(line);
    let names: Vec<String> = fields.iter().map(name).collect();
    let text_columns: HashSet<&str> = text_columns.iter().copied().collect();
    let is_text: Vec<bool> = names
        .iter()
        .map(|name| text_columns.contains(name.as_str()))
        .collect();
    let DecimalMarks {
        has_decimal_comma,
        ambiguous_numbers,
    } = match separator {
        b';' | b'\t' if table.contains([',', '.']) => {
            decimal_marks::read(records.clone(), &is_text, missing, separator == b';')?
        }
        _ => DecimalMarks {
            has_decimal_comma: vec![false; names.len()],
            ambiguous_numbers: vec![None; names.len()],
        },
    };
    let mut unused: Vec<bool> = names.iter().map(String::is_empty).collect();
    let mut written = String::with_capacity(table.len());
    for (index, name) in names.iter().enumerate() {
        let needs_quotes = name.contains([char::from(separator), '"']);
        push(&mut written, index, separator, name, needs_quotes);
    }
    written.push('\n');
    // Rows without any value at the end are cut off: Excel writes them below a table.
    let (mut end, mut count, mut records_to_end) = (written.len(), 0, 0);
    while let Some(line) = records.next(&mut fields)? {
        let is_blank = fields.len() == 1 && names.len() > 1 && fields[0].is_blank();
        if is_blank || is_comment(&fields, names.len()) {
            continue;
        }
        let beyond = fields.iter().skip(names.len());
        if !beyond.clone().all(Field::is_blank) {
            return Err(too_long(line, header_line, &fields, names.len()));
        }
        count += 1;
        let mut is_empty = true;
        for (index, field) in fields.iter().take(names.len()).enumerate() {
            if !field.is_blank() {
                is_empty = false;
                unused[index] = false;
            }
            match (field.quoting, has_decimal_comma[index]) {
                (_, true) => {
                    let number = decimal_marks::unquoted(field).replacen(',', ".", 1);
                    push(&mut written, index, separator, &number, false);
                }
                (Quoting::Irregular, _) => {
                    push(&mut written, index, separator, &field.value(), true);
                }
                _ => push(&mut written, index, separator, field.raw, false),
            }
        }
        written.push('\n');
        if !is_empty {
            (end, records_to_end) = (written.len(), count);
        }
    }
    written.truncate(end);
    Ok(NormalizedCsv {
        text: written,
        separator,
        names,
        unused,
        ambiguous_numbers,
        records: records_to_end,
    })
}

/// The name of a column, on one line and trimmed.
fn name(field: &Field) -> String {
    let value = field.value();
    value
        .split(['\n', '\r'])
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(" ")
        .trim()
        .to_owned()
}

/// Appends a field.
fn push(text: &mut String, index: usize, separator: u8, field: &str, needs_quotes: bool) {
    if index > 0 {
        text.push(char::from(separator));
    }
    if needs_quotes {
        text.push('"');
        text.push_str(&field.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(field);
    }
}

fn too_long(line: usize, header_line: usize, fields: &[Field], expected: usize) -> String {
    let cells = fields.len();
    let remedy = if fields[0].raw.starts_with('#') {
        "remove it if it is a comment, or quote cells that contain the separator"
    } else if cells == expected + 1 && line == header_line + 1 {
        "if the first cells are row names from R, write the table without them (row.names = FALSE); \
         quote cells that contain the separator"
    } else {
        "remove the extra cells, or quote cells that contain the separator"
    };
    format!("line {line} has {cells} cells, but the header has {expected}; {remedy}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(text: &str) -> Result<NormalizedCsv, String> {
        normalize(text, &[], &MissingValues::default())
    }

    fn written(text: &str) -> String {
        normalized(text).unwrap().text
    }

    #[test]
    fn what_is_no_row_is_left_out() {
        let expected = "x,class\n1,a\n2,b\n";
        for text in [
            "x,class\n1,a\n2,b",
            "x,class\r\n1,a\r\n2,b\r\n\r\n",
            "x,class\r1,a\r2,b\r",
            "\n\nx,class\n\n1,a\n   \n2,b\n\n\n",
            "# made by hand\nx,class\n1,a\n# a remark\n2,b\n",
            "x,class\n1,a,\n2,b,,\n",
            "x,class\n1,a\n2,b\n,\n,\n",
            "sep=,\nx,class\n1,a\n2,b\n",
            " x , class \n1,a\n2,b\n",
        ] {
            assert_eq!(written(text), expected, "{text:?}");
            assert_eq!(normalized(text).unwrap().records, 2, "{text:?}");
        }
        // A row without values within the table stays, and is reported.
        assert_eq!(written("x,class\n,\n2,b\n"), "x,class\n,\n2,b\n");
        // In a single column, a blank line is an empty cell.
        assert_eq!(written("x\n1\n\n2\n\n"), "x\n1\n\n2\n");
    }

    #[test]
    fn cells_keep_their_text() {
        let text = "\"a, \"\"b\"\"\",\"two\nlines\",class\n1,\"2\",5\" pipe\n3,4,\"x\"\" y\"\n";
        assert_eq!(
            written(text),
            "\"a, \"\"b\"\"\",two lines,class\n1,\"2\",\"5\"\" pipe\"\n3,4,\"x\"\" y\"\n"
        );
        assert_eq!(
            written("x;class\n1,5;a,b\n2;c\n"),
            "x;class\n1.5;a,b\n2;c\n"
        );
        assert_eq!(written("x;class\n1,500;a\n"), "x;class\n1,500;a\n");
    }

    #[test]
    fn columns_without_name_and_values_are_unused() {
        let unused = |text: &str| normalized(text).unwrap().unused;
        assert_eq!(unused("x,class,\n1,a,\n"), [false, false, true]);
        assert_eq!(unused("x,class,\n1,a\n"), [false, false, true]);
        assert_eq!(unused(",x,class\n1,2,a\n"), [false, false, false]);
    }

    #[test]
    fn a_row_too_long_is_refused_with_its_line_and_what_to_do() {
        let refused = |text: &str| normalized(text).unwrap_err();
        assert!(refused("\nx,class\n1,a\n\n2,b,c\n").starts_with("line 5 has 3 cells"));
        assert!(refused("x,class\n1,2,a\n").contains("row.names = FALSE"));
        assert!(refused("x,class\n1,a\n#1,2,3\n").contains("comment"));
        assert!(refused("x,class\n\"1,a\n").contains("never closed"));
    }
}
