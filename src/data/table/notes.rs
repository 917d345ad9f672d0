//! What has become of a table's columns, in words for people.

use crate::spec::{ColumnKind, EncodedColumn, Encoding};

/// One line for each thing that was done: columns that are left out, categories, missing values. `absent` are
/// the cells without a value in the `rows` of the training part, column by column.
pub(super) fn notes(
    encoding: &Encoding,
    dropped: &[String],
    absent: &[usize],
    rows: usize,
) -> Vec<String> {
    let columns = &encoding.columns;
    let mut notes = Vec::new();
    if !dropped.is_empty() {
        notes.push(format!("left out: {}", dropped.join(", ")));
    }
    let named = |shown: &dyn Fn(&EncodedColumn) -> Option<String>| -> Option<String> {
        let shown: Vec<String> = columns.iter().filter_map(shown).collect();
        (!shown.is_empty()).then(|| shown.join(", "))
    };
    let one_hot = |column: &EncodedColumn| match &column.kind {
        ColumnKind::OneHot(levels) => Some(format!("{} ({} levels)", column.name, levels.len())),
        _ => None,
    };
    if let Some(shown) = named(&one_hot) {
        notes.push(format!("one-hot: {shown}"));
    }
    let ordinal = |column: &EncodedColumn| match &column.kind {
        ColumnKind::Ordinal(levels) => Some(format!("{} ({})", column.name, levels.join(" < "))),
        _ => None,
    };
    if let Some(shown) = named(&ordinal) {
        notes.push(format!("ordinal: {shown}"));
    }
    let shifted = |column: &EncodedColumn| {
        let is_shifted = column.offset != 0.0;
        is_shifted.then(|| format!("{} ({})", column.name, column.offset))
    };
    if let Some(shown) = named(&shifted) {
        notes.push(format!("an offset is subtracted in 64 bits: {shown}"));
    }
    let missing = columns
        .iter()
        .zip(absent)
        .filter(|(_, absent)| **absent > 0);
    let missing: Vec<String> = missing
        .map(|(column, absent)| format!("{} ({absent} of {rows})", column.name))
        .collect();
    if !missing.is_empty() {
        notes.push(format!(
            "missing values: {}; numbers are filled with the median, others with the most frequent value",
            missing.join(", ")
        ));
    }
    notes
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
        let notes = notes(&encoding, &["name".to_owned()], &[7, 0, 0], 80);
        assert_eq!(
            notes[..4],
            [
                "left out: name",
                "one-hot: sex (2 levels)",
                "ordinal: size (s < m < l)",
                "an offset is subtracted in 64 bits: age (20)"
            ]
        );
        assert!(notes[4].starts_with("missing values: age (7 of 80); numbers are filled"));
        assert!(super::notes(&Encoding::default(), &[], &[], 0).is_empty());
    }
}
