//! The label column. A label is a name: `01` and `1` are two classes, and large numbers keep all digits. Only the spelling
//! of a plain number does not matter: `1.0` in one file is the class `1` in another.

use super::column::{Cells, Column, Role};
use super::flag::is_flag;
use super::missing::is_missing_marker;
use super::similar::differ_in_case;
use crate::data::custom::raw_dataset::sorted_names;
use crate::data::formats::number::MAX_EXACT_FLOAT;
use crate::spec::TableWarning;
use std::collections::HashMap;

/// The class of each row.
pub(crate) struct Labels {
    pub(crate) names: Vec<String>,
    /// Whether they come from a file without types.
    is_untyped: bool,
}

impl Labels {
    /// The classes in a label column.
    ///
    /// # Errors
    /// Empty cells, numbers with fractions, a number in two spellings.
    pub(crate) fn of(column: &Column) -> Result<Self, String> {
        let class = |(row, text): (usize, Option<String>)| {
            let what = "the label is missing; fill it in, or remove the row";
            text.ok_or_else(|| column.cell_error(row, what))
        };
        let names = read_names(column, Role::Label)?;
        let names = names.into_iter().enumerate();
        Ok(Self {
            names: names.map(class).collect::<Result<_, _>>()?,
            is_untyped: matches!(column.cells, Cells::Untyped(_)),
        })
    }
}

/// The names in a column; `None` for an empty cell.
///
/// # Errors
/// Labels with fractions, a number in two spellings, values of an unsupported type.
pub(crate) fn read_names(column: &Column, role: Role) -> Result<Vec<Option<String>>, String> {
    let texts: Vec<Option<String>> = match &column.cells {
        Cells::Numbers(numbers) => numbers
            .iter()
            .enumerate()
            .map(|(row, number)| match *number {
                // How pandas stores an empty cell.
                Some(number) if number.is_nan() => Ok(None),
                Some(number) => name_of_float(column, role, row, number).map(Some),
                None => Ok(None),
            })
            .collect::<Result<_, _>>()?,
        Cells::Whole(numbers) => numbers.iter().map(|n| n.map(|n| n.to_string())).collect(),
        Cells::Unsigned(numbers) => numbers.iter().map(|n| n.map(|n| n.to_string())).collect(),
        Cells::Flags(flags) => flags.iter().map(|f| f.map(|f| f.to_string())).collect(),
        Cells::Texts(texts) | Cells::Untyped(texts) => texts.clone(),
        Cells::Unsupported(kind) => return Err(column.unsupported_names(kind, role)),
    };
    let trimmed = |text: Option<String>| {
        let text = text.map(|text| text.trim().to_owned());
        text.filter(|text| !text.is_empty())
    };
    let mut names: Vec<Option<String>> = texts.into_iter().map(trimmed).collect();
    let is_typed_label = role == Role::Label && !matches!(column.cells, Cells::Untyped(_));
    if !is_typed_label {
        unify_number_spellings(column, role, &mut names)?;
    }
    Ok(names)
}

/// The canonical spelling of a name: `1.0` becomes `1`.
pub(crate) fn canonical(name: &str) -> String {
    let name = name.trim();
    whole_number(name).unwrap_or_else(|| name.to_owned())
}

/// Converts the labels of all parts to lower case, if all are truth values: pandas writes `True`, R `TRUE`, polars
/// `true`. Typed labels have one spelling already.
pub(crate) fn unify_flag_labels<const PARTS: usize>(mut parts: [&mut Labels; PARTS]) {
    let mut names = parts.iter().flat_map(|part| &part.names);
    if !names.all(|name| is_flag(name)) {
        return;
    }
    for part in parts.iter_mut().filter(|part| part.is_untyped) {
        part.names
            .iter_mut()
            .for_each(|name| name.make_ascii_lowercase());
    }
}

/// Warnings about a class that looks like a missing value, and about two classes that may be one.
pub(crate) fn warnings(labels: &[String]) -> Vec<TableWarning> {
    let classes = sorted_names(labels.to_vec());
    let marker = classes.iter().find(|class| is_missing_marker(class));
    let missing = marker.map(|class| TableWarning::MissingClass {
        class: class.clone(),
    });
    let similar = differ_in_case(&classes).map(|pair| TableWarning::SimilarClasses {
        classes: pair.map(str::to_owned),
    });
    missing.into_iter().chain(similar).collect()
}

/// The name of a float.
fn name_of_float(column: &Column, role: Role, row: usize, number: f64) -> Result<String, String> {
    match number {
        number if number.is_infinite() => {
            Err(column.cell_error(row, &invalid_name(role, &number.to_string())))
        }
        number if number.fract() != 0.0 && role == Role::Label => Err(with_fractions(column)),
        // −0 becomes 0.
        number => Ok((number + 0.0).to_string()),
    }
}

/// Gives whole numbers one spelling, without a zero fraction and without a sign before 0.
fn unify_number_spellings(
    column: &Column,
    role: Role,
    names: &mut [Option<String>],
) -> Result<(), String> {
    let number = |name: &String| name.parse::<f64>().ok();
    if names.iter().flatten().all(|name| number(name).is_some()) {
        let is_infinite = |name: &Option<String>| {
            let number = name.as_ref().and_then(number);
            number.is_some_and(|number| !number.is_finite())
        };
        if let Some(row) = names.iter().position(is_infinite)
            && let Some(name) = &names[row]
        {
            return Err(column.cell_error(row, &invalid_name(role, name)));
        }
        let numbers = names.iter().flatten().filter_map(number);
        if role == Role::Label && numbers.into_iter().any(|number| number.fract() != 0.0) {
            return Err(with_fractions(column));
        }
    }
    let mut spellings: HashMap<String, (String, usize)> = HashMap::new();
    for (row, cell) in names.iter_mut().enumerate() {
        let Some(name) = cell else { continue };
        let Some(number) = whole_number(name) else {
            continue;
        };
        let spelling = match number.as_str() {
            "0" => name.trim_start_matches('-').to_owned(),
            _ => name.clone(),
        };
        let first = spellings
            .entry(number.clone())
            .or_insert((spelling.clone(), row));
        if first.0 != spelling {
            return Err(column.cell_error(
                row,
                &format!(
                    "`{spelling}` and the `{}` of row {} are the same number: use one spelling if they are the same \
                     {}, or names that are not numbers if they differ, such as `v{spelling}`",
                    first.0,
                    first.1 + 1,
                    match role {
                        Role::Label => "class",
                        Role::Category => "category",
                    }
                ),
            ));
        }
        *name = number;
    }
    Ok(())
}

/// The canonical digits of a whole number such as `1`, `1.0`, `1.000e+00` or `-0.0`; `None` for other texts. Leading
/// zeros, a plus sign or an exponent without a fraction (`1E2`) indicate a code.
fn whole_number(text: &str) -> Option<String> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (digits, fraction) = match mantissa.split_once('.') {
        Some((digits, fraction)) => (digits, Some(fraction)),
        None => (mantissa, None),
    };
    if !is_digits(digits) || (digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    match (fraction, exponent) {
        (fraction, None)
            if fraction.is_none_or(|f| is_digits(f) && f.bytes().all(|b| b == b'0')) =>
        {
            match (digits, unsigned.len() < text.len()) {
                ("0", _) | (_, false) => Some(digits.to_owned()),
                (_, true) => Some(format!("-{digits}")),
            }
        }
        (Some(fraction), Some(_)) if is_digits(fraction) => {
            let number: f64 = text.parse().ok()?;
            // Beyond this limit, floats are rounded.
            let is_exact = number.fract() == 0.0 && number.abs() <= MAX_EXACT_FLOAT;
            is_exact.then(|| (number + 0.0).to_string())
        }
        _ => None,
    }
}

fn invalid_name(role: Role, name: &str) -> String {
    match role {
        Role::Label => {
            format!("`{name}` is not a class; remove the row, or give the class a name")
        }
        Role::Category => format!("`{name}` is not a category; give it a name, or empty the cell"),
    }
}

fn with_fractions(column: &Column) -> String {
    format!(
        "the label column `{}` has numbers with fractions, but classes are whole numbers or text; \
         regression is not supported",
        column.name
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(cells: Cells) -> Result<Vec<String>, String> {
        let column = Column {
            name: "class".to_owned(),
            cells,
            ..Column::default()
        };
        Labels::of(&column).map(|labels| labels.names)
    }

    fn written(texts: &[&str]) -> Result<Vec<String>, String> {
        names(Cells::Untyped(
            texts.iter().map(|text| Some((*text).to_owned())).collect(),
        ))
    }

    #[test]
    fn codes_are_names_and_numbers_have_one_spelling() {
        for (texts, expected) in [
            (["01", "1", "001"], ["01", "1", "001"]),
            (["1.0", "-0.0", "0.0"], ["1", "0", "0"]),
            (["1E2", "100", "1e2"], ["1E2", "100", "1e2"]),
            (["+1", "1", "-1"], ["+1", "1", "-1"]),
            (
                [
                    "0.000000000000000000e+00",
                    "1.200000000000000000e+01",
                    "-1.0e+00",
                ],
                ["0", "12", "-1"],
            ),
            (
                [
                    "9007199254740993",
                    "9007199254740992.0",
                    "-9223372036854775809",
                ],
                [
                    "9007199254740993",
                    "9007199254740992",
                    "-9223372036854775809",
                ],
            ),
            (["007", "7 ", " b"], ["007", "7", "b"]),
        ] {
            assert_eq!(written(&texts).unwrap(), expected);
        }
    }

    #[test]
    fn one_number_in_two_spellings_is_refused() {
        let error = written(&["1", "2", "1.0"]).unwrap_err();
        assert!(
            error.contains("row 3: `1.0` and the `1` of row 1 are the same number"),
            "{error}"
        );
        assert!(written(&["2.0", "2.00"]).is_err());
        assert!(
            written(&["1", "nan"])
                .unwrap_err()
                .contains("row 2: `nan` is not a class")
        );
        assert!(written(&["1", "1.5"]).unwrap_err().contains("fractions"));
        assert_eq!(written(&["nan", "roti"]).unwrap(), ["nan", "roti"]);
    }

    #[test]
    fn typed_labels_keep_every_digit() {
        let whole = Cells::Whole(vec![Some(i64::MAX), Some(i64::MAX - 1)]);
        assert_eq!(
            names(whole).unwrap(),
            ["9223372036854775807", "9223372036854775806"]
        );
        let unsigned = Cells::Unsigned(vec![Some(u64::MAX)]);
        assert_eq!(names(unsigned).unwrap(), ["18446744073709551615"]);
        let floats = Cells::Numbers(vec![Some(-0.0), Some(0.0), Some(3.0)]);
        assert_eq!(names(floats).unwrap(), ["0", "0", "3"]);
        let missing = Cells::Numbers(vec![Some(1.0), Some(f64::NAN)]);
        assert!(
            names(missing)
                .unwrap_err()
                .contains("row 2: the label is missing")
        );
        let texts = ["1", "1.0"].map(|text| Some(text.to_owned())).to_vec();
        assert_eq!(names(Cells::Texts(texts)).unwrap(), ["1", "1.0"]);
    }

    #[test]
    fn true_and_false_have_one_spelling_in_all_parts() {
        let labels = |names: &[&str]| Labels {
            names: names.iter().map(|&name| name.to_owned()).collect(),
            is_untyped: true,
        };
        let (mut train, mut test) = (labels(&["True", "False"]), labels(&["TRUE"]));
        unify_flag_labels([&mut train, &mut test]);
        assert_eq!(
            (train.names, test.names),
            (labels(&["true", "false"]).names, labels(&["true"]).names)
        );
        let (mut train, mut test) = (labels(&["True", "Maybe"]), labels(&["True"]));
        unify_flag_labels([&mut train, &mut test]);
        assert_eq!(test.names, ["True"]);
        assert_eq!(train.names, ["True", "Maybe"]);
    }
}
