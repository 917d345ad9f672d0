//! Notes about what the columns of a table become.

use crate::data::quality::remedy::shortened;
use crate::spec::{ColumnKind, ColumnNote, ColumnUse, EncodedColumn, Encoding};

/// One note for each treatment of columns: left out (`dropped`), numbers, categories, missing values. `constant` columns
/// have one value; `missing` is the number of missing values of each column in the `rows` of the training part.
pub(crate) fn notes(
    encoding: &Encoding,
    dropped: &[String],
    constant: &[String],
    missing: &[usize],
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
        ColumnKind::OneHot(categories) => Some(format!(
            "{} ({})",
            shortened(&column.name),
            categories.len()
        )),
        _ => None,
    };
    let ordinal = |column: &EncodedColumn| match &column.kind {
        ColumnKind::Ordinal(categories) => Some(format!(
            "{} ({})",
            shortened(&column.name),
            categories.join(" < ")
        )),
        _ => None,
    };
    let shifted = |column: &EncodedColumn| {
        let is_shifted = column.offset != 0.0;
        is_shifted.then(|| format!("{} ({})", shortened(&column.name), column.offset))
    };
    let incomplete = columns.iter().zip(missing).filter(|(_, count)| **count > 0);
    let incomplete =
        incomplete.map(|(column, count)| format!("{} ({count}/{rows})", shortened(&column.name)));
    let shorten_all = |names: &[String]| names.iter().map(|name| shortened(name)).collect();
    let notes = [
        (ColumnUse::LeftOut, shorten_all(dropped)),
        (ColumnUse::Numbers, named(&of_kind(ColumnKind::Number))),
        (ColumnUse::Flags, named(&of_kind(ColumnKind::Boolean))),
        (ColumnUse::OneHot, named(&one_hot)),
        (ColumnUse::Ordinal, named(&ordinal)),
        (ColumnUse::Offset, named(&shifted)),
        (ColumnUse::Constant, shorten_all(constant)),
        (ColumnUse::Missing, incomplete.collect()),
    ];
    notes
        .into_iter()
        .filter_map(|(what, columns)| ColumnNote::new(what, columns))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_treatment_has_a_note() {
        let column = |name: &str, kind: ColumnKind| EncodedColumn {
            name: name.to_owned(),
            kind,
            offset: if name == "age" { 20.0 } else { 0.0 },
            indicator: name == "age",
        };
        let categories = |categories: &[&str]| {
            categories
                .iter()
                .map(|&category| category.to_owned())
                .collect()
        };
        let encoding = Encoding {
            columns: vec![
                column("age", ColumnKind::Number),
                column("sex", ColumnKind::OneHot(categories(&["f", "m"]))),
                column("size", ColumnKind::Ordinal(categories(&["s", "m", "l"]))),
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
