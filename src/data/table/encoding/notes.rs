//! Notes on what a table's columns become.

use crate::data::quality::remedy::shortened;
use crate::spec::{ColumnKind, ColumnNote, ColumnUse, EncodedColumn, Encoding};

/// A note for each thing that was done to the columns: those that were `dropped`, numbers, categories, missing
/// values. `constant` columns have one value, and `absent` are the cells without a value, column by column, in the
/// `rows` of the training part.
pub(crate) fn notes(
    encoding: &Encoding,
    dropped: &[String],
    constant: &[String],
    absent: &[usize],
    rows: usize,
) -> Vec<ColumnNote> {
    let columns = &encoding.columns;
    let named = |shown: &dyn Fn(&EncodedColumn) -> Option<String>| -> Vec<String> {
        columns.iter().filter_map(shown).collect()
    };
    let of_kind = |kind: ColumnKind| {
        move |column: &EncodedColumn| (column.kind == kind).then(|| shortened(&column.name))
    };
    let one_hot = |column: &EncodedColumn| match &column.kind {
        ColumnKind::OneHot(levels) => {
            Some(format!("{} ({})", shortened(&column.name), levels.len()))
        }
        _ => None,
    };
    let ordinal = |column: &EncodedColumn| match &column.kind {
        ColumnKind::Ordinal(levels) => Some(format!(
            "{} ({})",
            shortened(&column.name),
            levels.join(" < ")
        )),
        _ => None,
    };
    let shifted = |column: &EncodedColumn| {
        let is_shifted = column.offset != 0.0;
        is_shifted.then(|| format!("{} ({})", shortened(&column.name), column.offset))
    };
    let missing = columns
        .iter()
        .zip(absent)
        .filter(|(_, absent)| **absent > 0);
    let missing =
        missing.map(|(column, absent)| format!("{} ({absent}/{rows})", shortened(&column.name)));
    let short = |names: &[String]| names.iter().map(|name| shortened(name)).collect();
    let notes = [
        (ColumnUse::LeftOut, short(dropped)),
        (ColumnUse::Numbers, named(&of_kind(ColumnKind::Number))),
        (ColumnUse::Flags, named(&of_kind(ColumnKind::Boolean))),
        (ColumnUse::OneHot, named(&one_hot)),
        (ColumnUse::Ordinal, named(&ordinal)),
        (ColumnUse::Offset, named(&shifted)),
        (ColumnUse::Constant, short(constant)),
        (ColumnUse::Missing, missing.collect()),
    ];
    let notes = notes.into_iter();
    notes
        .filter_map(|(what, columns)| ColumnNote::new(what, columns))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_that_was_done_has_a_note() {
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
        let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
        assert_eq!(
            notes[..5],
            [
                "left out: name",
                "numbers: age",
                "one-hot, with the number of levels: sex (2)",
                "ordinal: size (s < m < l)",
                "an offset is subtracted in 64 bits: age (20)"
            ]
        );
        assert!(notes[5].starts_with("missing values: age (7/80); numbers are filled"));
        assert!(super::notes(&Encoding::default(), &[], &[], &[], 0).is_empty());
    }
}
