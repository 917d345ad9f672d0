//! Columns that name the row, such as the index that pandas or R writes: where rows lie in the order
//! of their classes, such a column tells the class.

use super::column::{Cells, Column};
use std::collections::HashSet;

/// Fewer rows have all different numbers by chance.
const MIN_ROWS: usize = 3;

/// Refuses two columns of one name, blanks around it aside: which is meant is unclear, and the
/// second of the label would be learnt from.
pub(super) fn refuse_doubles(table: &[Column], label: &str) -> Result<(), String> {
    let mut seen = HashSet::new();
    let double = table.iter().find(|column| !seen.insert(column.name.trim()));
    match double.map(|column| column.name.trim()) {
        // Columns without a name have an error of their own.
        None | Some("") => Ok(()),
        Some(name) if name == label.trim() => Err(format!(
            "it has two columns `{name}`, the label: the second would be learnt from and give the \
             class away; leave one out of the file"
        )),
        Some(name) => Err(format!(
            "it has two columns `{name}`; leave one out of the file, or give each a name of its own"
        )),
    }
}

/// Refuses a feature that names the row.
pub(super) fn refuse(column: &Column) -> Result<(), String> {
    let name = column.name.as_str();
    let source = if column.is_index {
        "an index of the table, as pandas says in the file"
    } else if is_index_of_pandas(name) {
        "an index that pandas wrote"
    } else if suggests_row(name) && differs_in_each_row(&column.cells)
        || suggests_count(name) && counts_rows(&column.cells)
    {
        "a number of its own in each row"
    } else {
        return Ok(());
    };
    Err(format!(
        "the column `{name}` has {source}: a feature that tells the row would tell the class; \
         leave it out: data.drop: [\"{name}\"]{}",
        match column.is_index || is_index_of_pandas(name) {
            true => ", or write the table without it, in pandas by `index=False`",
            false => "",
        }
    ))
}

/// What is to be said of features that count the rows, though their names do not: time may do so too.
pub(super) fn warnings(table: &[Column], label: &str) -> Vec<String> {
    const MIN_COUNTED: usize = 10;
    let counts = |column: &&Column| {
        let numbers = whole(&column.cells).unwrap_or_default();
        let rises = numbers.windows(2).all(|pair| pair[0] < pair[1]);
        numbers.len() >= MIN_COUNTED && rises && are_dense(&numbers)
    };
    let features = table.iter().filter(|column| column.name != label);
    let warning = |column: &Column| {
        format!(
            "the column `{0}` counts the rows: where rows lie in the order of their classes, it tells \
             the class; leave it out unless it was measured: data.drop: [\"{0}\"]",
            column.name
        )
    };
    features.filter(counts).map(warning).collect()
}

/// `__index_level_0__` of Parquet; `Unnamed: 0`, which `read_csv` makes of an index, and
/// `Unnamed: 0.1`, which it makes of the second.
fn is_index_of_pandas(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let level = name.strip_prefix("__index_level_");
    level.is_some_and(|rest| rest.ends_with("__"))
        || ["unnamed: ", "unnamed:_", "unnamed_"].iter().any(|start| {
            let rest = name.strip_prefix(start);
            rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        })
}

/// Names under which a number that differs from row to row is the row's.
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
    let stands_alone = before.is_some_and(|before| before.ends_with(|c: char| c.is_lowercase()));
    let lower = name.trim().to_lowercase();
    let ends_in_id = ["_id", " id", "-id", ".id"]
        .iter()
        .any(|end| lower.ends_with(end));
    NAMES.contains(&plain.as_str()) || stands_alone || ends_in_id
}

/// Names that programs give to a column without one: R (`X`, `X1`, `V1`, `...1`), Excel
/// (`Column1`), Spark (`_c0`), SQLite (`field1`); and names of a count.
fn suggests_count(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "X", "X1", "X.1", "V1", "...1", "Column1", "column_0", "column_1", "_c0", "field1",
        "field_1", "#", "No", "no", "Nr", "N°", "obs", "Obs", "n",
    ];
    NAMES.contains(&name.trim())
}

/// Whether all numbers are whole and no two are equal.
fn differs_in_each_row(cells: &Cells) -> bool {
    let Some(mut numbers) = whole(cells) else {
        return false;
    };
    let count = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    count >= MIN_ROWS && numbers.len() == count
}

/// Whether the numbers are those of the rows, in whatever order, and of some rows that were left out.
fn counts_rows(cells: &Cells) -> bool {
    let numbers = whole(cells).unwrap_or_default();
    let starts_early = numbers
        .iter()
        .min()
        .is_some_and(|low| (0..=numbers.len() as i128).contains(low));
    starts_early && are_dense(&numbers) && differs_in_each_row(cells)
}

/// Whether at least every second number between the smallest and the largest may be there.
fn are_dense(numbers: &[i128]) -> bool {
    let ends = numbers.iter().min().zip(numbers.iter().max());
    ends.is_some_and(|(low, high)| high - low < 2 * numbers.len() as i128 - 1)
}

/// The numbers of a column, where all are there and whole.
fn whole(cells: &Cells) -> Option<Vec<i128>> {
    match cells {
        Cells::Whole(numbers) => numbers.iter().map(|n| n.map(i128::from)).collect(),
        Cells::Unsigned(numbers) => numbers.iter().map(|n| n.map(i128::from)).collect(),
        Cells::Numbers(numbers) => {
            let whole = |number: &Option<f64>| match *number {
                Some(number) if number.fract() == 0.0 => Some(number as i128),
                _ => None,
            };
            numbers.iter().map(whole).collect()
        }
        Cells::Flags(_) | Cells::Texts(_) | Cells::Written(_) | Cells::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, numbers: &[i64]) -> Column {
        Column {
            name: name.to_owned(),
            cells: Cells::Whole(numbers.iter().map(|&number| Some(number)).collect()),
            is_index: false,
        }
    }

    #[test]
    fn an_index_of_any_program_is_refused() {
        let is_refused = |name: &str, numbers: &[i64]| refuse(&column(name, numbers)).is_err();
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
        for name in ["X", "V1", "...1", "Column1", "_c0"] {
            assert!(is_refused(name, &[2, 3, 1]), "{name}");
            assert!(!is_refused(name, &[2, 50, 1]), "{name}");
            assert!(is_refused(name, &[2, 5, 1]), "{name}: rows were left out");
        }
        for name in ["x", "humid", "GRID", "width", "unnamed", "candid"] {
            assert!(!is_refused(name, &[1, 2, 3]), "{name}");
        }
        let mut named = column("station", &[5, 5, 5]);
        named.is_index = true;
        assert!(
            refuse(&named)
                .unwrap_err()
                .contains("`station` has an index")
        );
    }

    #[test]
    fn a_count_of_the_rows_under_any_name_is_told() {
        let counted: Vec<i64> = (5..20).collect();
        let sparse: Vec<i64> = (5..20).map(|row| 5 * row).collect();
        let table = [
            column("t", &counted),
            column("u", &sparse),
            column("v", &counted[..5]),
        ];
        let warnings = warnings(&table, "v");
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].contains("`t` counts the rows"));
    }

    #[test]
    fn equal_names_are_refused_with_what_they_do() {
        let table = ["a", "class", "class "].map(|name| column(name, &[1]));
        assert!(
            refuse_doubles(&table, "class")
                .unwrap_err()
                .contains("the label")
        );
        assert!(
            refuse_doubles(&table, "a")
                .unwrap_err()
                .contains("two columns `class`")
        );
        assert!(refuse_doubles(&table[..2], "class").is_ok());
    }
}
