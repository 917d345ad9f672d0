//! Features that repeat the label, as names or codes, and thus reveal the class.

use super::remedy;
use crate::data::samples::dataset::{Samples, Values};
use crate::data::samples::imputation::MISSING;

/// The minimum number of rows: in fewer, a feature may agree with the classes by chance.
const MIN_ROWS: usize = 10;

/// Refuses a copy of the label: a feature with the class's name as a number, or with a code counted from 0 or 1 (as made
/// by `LabelEncoder`, `pandas.factorize` and R's factors), or a 0/1 column for each class (`get_dummies`).
///
/// Missing values are skipped. `columns` are the names of the features' columns, or empty without a table.
///
/// # Errors
/// A reason that names the features.
pub(crate) fn refuse_copies(
    samples: &Samples,
    class_names: &[String],
    columns: &[&str],
) -> Result<(), String> {
    let Values::Floats(values) = &samples.values else {
        return Ok(());
    };
    if samples.labels.len() < MIN_ROWS {
        return Ok(());
    }
    let name = |feature: usize| match columns.get(feature) {
        Some(name) => format!("the column `{name}`"),
        None => format!("feature {}", feature + 1),
    };
    let drop = |features: &[usize]| {
        let mut names: Vec<&str> = features
            .iter()
            .filter_map(|&f| columns.get(f).copied())
            .collect();
        names.dedup();
        if names.is_empty() {
            String::new()
        } else {
            format!(": {}", remedy::drop_settings(&names))
        }
    };
    // The values of a column that becomes several features are not those in the file.
    let has_file_values = |feature: usize| {
        let column = columns.get(feature);
        column.is_none() || columns.iter().filter(|name| Some(*name) == column).count() == 1
    };
    let mut indicators = vec![None; class_names.len()];
    for feature in 0..samples.features {
        let cells = || {
            values
                .iter()
                .skip(feature)
                .step_by(samples.features)
                .copied()
        };
        let Some(of_class) = value_of_each_class(cells(), &samples.labels, class_names.len())
        else {
            continue;
        };
        if is_name(&of_class, class_names) || is_code(&of_class) {
            let values = if has_file_values(feature) {
                format!(
                    ": it has one value for each class, {}",
                    shown(&of_class, class_names)
                )
            } else {
                ", by its values or by where they are missing".to_owned()
            };
            return Err(format!(
                "{} repeats the label{values}; leave it out, because it reveals the class{}",
                name(feature),
                drop(&[feature])
            ));
        }
        if let Some(class) = indicated_class(&of_class) {
            indicators[class] = Some(feature);
        }
    }
    let indicators: Option<Vec<usize>> = indicators.into_iter().collect();
    let is_one_column = match (&indicators, columns) {
        (Some(features), [_, ..]) => features
            .iter()
            .all(|&f| columns.get(f) == columns.get(features[0])),
        _ => false,
    };
    match indicators {
        Some(features) => Err(format!(
            "{}{} the label: one feature for each class is 1 for this class, such as `{}`, and 0 \
             for others; leave {} out, because it reveals the class{}",
            name(features[0]),
            if is_one_column {
                " repeats"
            } else {
                " and similar features repeat"
            },
            class_names[0],
            if is_one_column { "it" } else { "them all" },
            drop(&features)
        )),
        None => Ok(()),
    }
}

/// The value of a feature in each class; `None` if a class has several values or none.
fn value_of_each_class(
    cells: impl Iterator<Item = f32>,
    labels: &[u16],
    classes: usize,
) -> Option<Vec<f32>> {
    let mut values = vec![None; classes];
    let present = cells.zip(labels).filter(|(cell, _)| *cell != MISSING);
    for (cell, &label) in present {
        let value = values[usize::from(label)].get_or_insert(cell);
        if *value != cell {
            return None;
        }
    }
    values.into_iter().collect()
}

/// Whether the value of each class is the number in its name.
fn is_name(of_class: &[f32], class_names: &[String]) -> bool {
    let number = |name: &String| name.parse::<f32>().ok();
    of_class
        .iter()
        .zip(class_names)
        .all(|(&value, name)| number(name) == Some(value))
}

/// Whether the values number the classes from 0 or 1, in any order.
fn is_code(of_class: &[f32]) -> bool {
    let mut values = of_class.to_vec();
    values.sort_by(f32::total_cmp);
    let counts = |from: usize| {
        (from..)
            .zip(&values)
            .all(|(code, &value)| code as f32 == value)
    };
    counts(0) || counts(1)
}

/// The class in which a feature is 1, if it is 0 in all others.
fn indicated_class(of_class: &[f32]) -> Option<usize> {
    let class = of_class.iter().position(|&value| value == 1.0)?;
    let is_rest = |(other, &value): (usize, &f32)| other == class || value == 0.0;
    of_class.iter().enumerate().all(is_rest).then_some(class)
}

/// The first classes with their values.
fn shown(of_class: &[f32], class_names: &[String]) -> String {
    const MAX_SHOWN: usize = 3;
    let pairs = of_class.iter().zip(class_names).take(MAX_SHOWN);
    let mut shown: Vec<String> = pairs
        .map(|(value, name)| format!("{value} for `{name}`"))
        .collect();
    if of_class.len() > MAX_SHOWN {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The error for a feature with these values in classes 0, 1 and 2, next to a noise feature.
    fn refused(of_class: [f32; 3], names: [&str; 3]) -> Option<String> {
        let labels: Vec<u16> = (0..30).map(|row| row % 3).collect();
        let row = |(row, &label): (usize, &u16)| [of_class[usize::from(label)], (row % 7) as f32];
        let samples = Samples {
            values: Values::Floats(labels.iter().enumerate().flat_map(row).collect()),
            features: 2,
            labels,
        };
        let columns = ["copy", "noise"];
        refuse_copies(&samples, &names.map(str::to_owned), &columns).err()
    }

    #[test]
    fn the_label_in_numbers_is_no_feature() {
        let names = ["oak", "beech", "fir"];
        let error = refused([2.0, 0.0, 1.0], names).unwrap();
        assert!(error.contains("`copy` repeats the label"), "{error}");
        assert!(error.contains("2 for `oak`, 0 for `beech`"), "{error}");
        assert!(refused([1.0, 2.0, 3.0], names).is_some());
        assert!(refused([5.0, 50.0, 500.0], ["5", "50", "500"]).is_some());
        // Values of a plausible feature.
        assert_eq!(refused([0.1, 0.2, 0.3], names), None);
        assert_eq!(refused([0.0, 1.0, 1.0], names), None);
        assert_eq!(refused([5.0, 50.0, 501.0], ["5", "50", "500"]), None);
        assert_eq!(refused([1.0, 0.0, 0.0], names), None);
    }

    #[test]
    fn a_column_for_each_class_is_refused_and_one_alone_is_not() {
        let labels: Vec<u16> = (0..30).map(|row| row % 3).collect();
        let names = ["a", "b", "c"].map(str::to_owned);
        let refused = |classes: usize| {
            let row = |&label: &u16| -> Vec<f32> {
                (0..classes)
                    .map(|class| f32::from(usize::from(label) == class))
                    .collect()
            };
            let samples = Samples {
                values: Values::Floats(labels.iter().flat_map(row).collect()),
                features: classes,
                labels: labels.clone(),
            };
            refuse_copies(&samples, &names, &[]).err()
        };
        assert!(
            refused(3)
                .unwrap()
                .contains("feature 1 and similar features")
        );
        assert_eq!(refused(2), None);
    }
}
