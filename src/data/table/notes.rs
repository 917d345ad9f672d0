//! What has become of a table's columns, in words for people.

use super::remedy::listed;
use crate::spec::{ColumnKind, EncodedColumn, Encoding};

/// One line for each thing that was done to the columns: those that were `dropped`, numbers, categories, missing
/// values. `constant` columns have one value, and `absent` are the cells without a value, column by column, in the
/// `rows` of the training part.
pub(super) fn notes(
    encoding: &Encoding,
    dropped: &[String],
    constant: &[String],
    absent: &[usize],
    rows: usize,
) -> Vec<String> {
    let columns = &encoding.columns;
    let named = |shown: &dyn Fn(&EncodedColumn) -> Option<String>| -> Vec<String> {
        columns.iter().filter_map(shown).collect()
    };
    let of_kind = |kind: ColumnKind| {
        move |column: &EncodedColumn| (column.kind == kind).then(|| column.name.clone())
    };
    let one_hot = |column: &EncodedColumn| match &column.kind {
        ColumnKind::OneHot(levels) => {
            let count = levels.len();
            Some(format!("{} ({count} {})", column.name, plural(count, "level")))
        }
        _ => None,
    };
    let ordinal = |column: &EncodedColumn| match &column.kind {
        ColumnKind::Ordinal(levels) => Some(format!("{} ({})", column.name, levels.join(" < "))),
        _ => None,
    };
    let shifted = |column: &EncodedColumn| {
        let is_shifted = column.offset != 0.0;
        is_shifted.then(|| format!("{} ({})", column.name, column.offset))
    };
    let missing = columns.iter().zip(absent).filter(|(_, absent)| **absent > 0);
    let missing: Vec<String> = missing
        .map(|(column, absent)| format!("{} ({absent} of {rows})", column.name))
        .collect();
    let lists = [
        ("left out", dropped.to_vec()),
        ("numbers", named(&of_kind(ColumnKind::Number))),
        ("true or false", named(&of_kind(ColumnKind::Flag))),
        ("one-hot", named(&one_hot)),
        ("ordinal", named(&ordinal)),
        ("an offset is subtracted in 64 bits", named(&shifted)),
        ("constant", constant.to_vec()),
        ("missing values", missing),
    ];
    let lists = lists.into_iter().filter(|(_, items)| !items.is_empty());
    let line = |(what, items): (&str, Vec<String>)| {
        let filled = match what {
            "missing values" => {
                "; numbers are filled with the median, others with the most frequent value"
            }
            _ => "",
        };
        format!("{what}: {}{filled}", listed(&items))
    };
    lists.map(line).collect()
}

fn plural(count: usize, word: &str) -> String {
    match count {
        1 => word.to_owned(),
        _ => format!("{word}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_that_was_done_has_a_line() {
        let column = |name: &str, kind: ColumnKind| EncodedColumn {
            name: name.to_owned(),
            kind,
            offset: if name == "age" { 20.0 } else { 0.0 },
            indicator: name == "age",
        };
        let levels = |levels: &[&str]| levels.iter().map(|&level| level.to_owned()).collect();
        let encoding = Encoding {
            columns: vec![
                column("age", ColumnKind::Number),
                column("sex", ColumnKind::OneHot(levels(&["f", "m"]))),
                column("size", ColumnKind::Ordinal(levels(&["s", "m", "l"]))),
            ],
            ..Encoding::default()
        };
        let notes = notes(&encoding, &["name".to_owned()], &[], &[7, 0, 0], 80);
        assert_eq!(
            notes[..5],
            [
                "left out: name",
                "numbers: age",
                "one-hot: sex (2 levels)",
                "ordinal: size (s < m < l)",
                "an offset is subtracted in 64 bits: age (20)"
            ]
        );
        assert!(notes[5].starts_with("missing values: age (7 of 80); numbers are filled"));
        assert!(super::notes(&Encoding::default(), &[], &[], &[], 0).is_empty());
    }
}
