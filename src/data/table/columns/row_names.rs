//! Columns that identify the row, such as the index that pandas or R writes. If rows are sorted by class, such a column
//! reveals the class.

use super::column::Column;
use crate::data::formats::number::Number;
use crate::data::quality::remedy;
use crate::spec::TableWarning;
use std::collections::HashSet;

/// The minimum number of rows: in fewer, all numbers may differ by chance.
const MIN_ROWS: usize = 3;

/// Refuses two columns with the same name, ignoring spaces around it: the name would be ambiguous, and a second label
/// column would become a feature.
pub(crate) fn refuse_duplicate_names(table: &[Column], label: &str) -> Result<(), String> {
    let mut seen = HashSet::new();
    let duplicate = table.iter().find(|column| !seen.insert(column.name.trim()));
    match duplicate.map(|column| column.name.trim()) {
        // Columns without a name have a different error.
        None | Some("") => Ok(()),
        Some(name) if name == label.trim() => Err(format!(
            "it has two label columns `{name}`: the second would become a feature and reveal the class; \
             remove one from the file"
        )),
        Some(name) => Err(format!(
            "it has two columns `{name}`; remove one from the file, or rename it"
        )),
    }
}

/// Refuses a feature that identifies the row.
pub(crate) fn refuse_row_identifier(
    column: &Column,
    numbers: &[Option<Number>],
) -> Result<(), String> {
    let name = column.name.as_str();
    let source = if column.is_index {
        "an index of the table, according to the file's pandas metadata"
    } else if is_index_of_pandas(name) {
        "an index that pandas wrote"
    } else if suggests_row(name) && differs_in_each_row(numbers)
        || (suggests_count(name) || ends_in_count(name)) && counts_rows(numbers)
    {
        "a different number in each row"
    } else {
        return Ok(());
    };
    Err(format!(
        "the column `{name}` has {source}: a column that identifies the row can reveal the class; \
         leave it out: {}{}",
        remedy::drop_setting(name),
        if column.is_index || is_index_of_pandas(name) {
            ", or write the table without it (`index=False` in pandas, `row.names = FALSE` in R)"
        } else {
            ""
        }
    ))
}

/// A warning about a feature that counts the rows, although its name does not suggest it. It may also be a time.
pub(crate) fn row_number_warning(
    column: &Column,
    numbers: &[Option<Number>],
) -> Option<TableWarning> {
    const MIN_COUNTED: usize = 10;
    let numbers = whole(numbers)?;
    let rises = numbers.windows(2).all(|pair| pair[0] < pair[1]);
    let counts = numbers.len() >= MIN_COUNTED && rises && are_dense(&numbers);
    counts.then(|| TableWarning::RowNumbers {
        column: column.name.clone(),
    })
}

/// Whether a name is `__index_level_0__` (Parquet), `Unnamed: 0` (`read_csv`) or the like.
fn is_index_of_pandas(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let level = name.strip_prefix("__index_level_");
    level.is_some_and(|rest| rest.ends_with("__"))
        || ["unnamed: ", "unnamed:_", "unnamed_"].iter().any(|start| {
            let rest = name.strip_prefix(start);
            rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        })
}

/// Whether a name suggests that a number that differs in each row identifies the row.
fn suggests_row(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "id",
        "index",
        "idx",
        "level0",
        "level1",
        "row",
        "rowid",
        "rowindex",
        "rowname",
        "rownames",
        "rownr",
        "rowno",
        "rownum",
        "rownumber",
        "rn",
        "recordid",
        "sampleid",
        "caseid",
        "uid",
        "serialnumber",
        "sno",
        "slno",
        "srno",
    ];
    let letters = |c: &char| c.is_alphanumeric();
    let plain: String = name.to_lowercase().chars().filter(letters).collect();
    // `customer_id`, `PassengerId`, but neither `humid` nor `GRID`.
    let before = name.strip_suffix("ID").or(name.strip_suffix("Id"));
    let is_suffix = before.is_some_and(|before| before.ends_with(|c: char| c.is_lowercase()));
    let lower = name.trim().to_lowercase();
    let ends_in_id = ["_id", " id", "-id", ".id"]
        .iter()
        .any(|end| lower.ends_with(end));
    NAMES.contains(&plain.as_str()) || is_suffix || ends_in_id
}

/// Whether programs give this name to a column without one (R: `X`, `X1`, `V1`, `...1`; Excel: `Column1`; Spark: `_c0`;
/// SQLite: `field1`), or it is the name of a count.
fn suggests_count(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "X", "X1", "X.1", "V1", "...1", "Column1", "column_0", "column_1", "_c0", "field1",
        "field_1", "#", "No", "no", "Nr", "N°", "obs", "Obs", "n",
    ];
    NAMES.contains(&name.trim())
}

/// Whether a name ends in a word for a number: `Kundennr`, `order_number`.
fn ends_in_count(name: &str) -> bool {
    let letters = |c: &char| c.is_alphanumeric();
    let plain: String = name.to_lowercase().chars().filter(letters).collect();
    [
        "nr", "nummer", "number", "numéro", "numero", "num", "row", "zeile", "ligne",
    ]
    .iter()
    .any(|end| plain.ends_with(end))
}

/// Whether all numbers are whole and distinct.
fn differs_in_each_row(numbers: &[Option<Number>]) -> bool {
    let Some(mut numbers) = whole(numbers) else {
        return false;
    };
    let count = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    count >= MIN_ROWS && numbers.len() == count
}

/// Whether the numbers count the rows, in any order; some rows may have been removed.
fn counts_rows(cells: &[Option<Number>]) -> bool {
    let numbers = whole(cells).unwrap_or_default();
    let starts_early = numbers
        .iter()
        .min()
        .is_some_and(|low| (0..=cells.len() as i128).contains(low));
    starts_early && are_dense(&numbers) && differs_in_each_row(cells)
}

/// Whether about every second number, or more, between the smallest and the largest is present.
fn are_dense(numbers: &[i128]) -> bool {
    let ends = numbers.iter().min().zip(numbers.iter().max());
    ends.is_some_and(|(low, high)| high.saturating_sub(*low) < 2 * numbers.len() as i128 - 1)
}

/// The numbers without the missing ones; `None` if any is not whole.
fn whole(numbers: &[Option<Number>]) -> Option<Vec<i128>> {
    let whole = |number: &Number| match *number {
        Number::Whole(number) => Some(number),
        Number::Float(number) if number.fract() == 0.0 => Some(number as i128),
        Number::Float(_) => None,
    };
    numbers.iter().flatten().map(whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> Column {
        Column {
            name: name.to_owned(),
            ..Column::default()
        }
    }

    fn cells(numbers: &[i128]) -> Vec<Option<Number>> {
        numbers
            .iter()
            .map(|&number| Some(Number::Whole(number)))
            .collect()
    }

    #[test]
    fn an_index_of_any_program_is_refused() {
        let is_refused = |name: &str, numbers: &[i128]| {
            refuse_row_identifier(&column(name), &cells(numbers)).is_err()
        };
        for name in [
            "__index_level_0__",
            "__index_level_12__",
            "Unnamed: 0",
            "Unnamed: 0.1",
        ] {
            assert!(is_refused(name, &[4, 4, 4]), "{name}");
        }
        for name in [
            "Id",
            "index",
            "level_0",
            "row_nr",
            "PassengerId",
            "customer_id",
            "row.names",
        ] {
            assert!(is_refused(name, &[70, 12, 9]), "{name}");
            assert!(
                !is_refused(name, &[70, 12, 12]),
                "{name}: a feature, or a group"
            );
        }
        for name in [
            "X",
            "V1",
            "...1",
            "Column1",
            "_c0",
            "Kundennr",
            "order number",
        ] {
            assert!(is_refused(name, &[2, 3, 1]), "{name}");
            assert!(!is_refused(name, &[2, 50, 1]), "{name}");
            assert!(is_refused(name, &[2, 5, 1]), "{name}: rows were left out");
        }
        for name in ["x", "humid", "GRID", "width", "unnamed", "candid"] {
            assert!(!is_refused(name, &[1, 2, 3]), "{name}");
        }
        let mut named = column("station");
        named.is_index = true;
        let message = refuse_row_identifier(&named, &cells(&[5, 5, 5])).unwrap_err();
        assert!(message.contains("`station` has an index"));
        // Missing values and whole floats do not prevent it.
        let gap = [
            Some(Number::Whole(7)),
            None,
            Some(Number::Float(3.0)),
            Some(Number::Whole(4)),
        ];
        assert!(refuse_row_identifier(&column("Id"), &gap).is_err());
        let measured = [
            Some(Number::Whole(7)),
            Some(Number::Float(3.5)),
            Some(Number::Whole(4)),
        ];
        assert!(refuse_row_identifier(&column("Id"), &measured).is_ok());
    }

    #[test]
    fn a_count_of_the_rows_under_any_name_is_reported() {
        let counted: Vec<i128> = (5..20).collect();
        let sparse: Vec<i128> = (5..20).map(|row| 5 * row).collect();
        let warned = |numbers: &[i128]| row_number_warning(&column("t"), &cells(numbers));
        let column = "t".to_owned();
        assert_eq!(warned(&counted), Some(TableWarning::RowNumbers { column }));
        assert_eq!(warned(&sparse), None);
        assert_eq!(warned(&counted[..5]), None);
    }

    #[test]
    fn equal_names_are_refused_with_their_consequence() {
        let table = ["a", "class", "class "].map(column);
        assert!(
            refuse_duplicate_names(&table, "class")
                .unwrap_err()
                .contains("two label columns")
        );
        assert!(
            refuse_duplicate_names(&table, "a")
                .unwrap_err()
                .contains("two columns `class`")
        );
        assert!(refuse_duplicate_names(&table[..2], "class").is_ok());
    }
}
