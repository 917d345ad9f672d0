//! Which columns of a table are used.

use super::column::Column;
use crate::spec::{Columns, Names, OrdinalColumns, nearest};

/// Takes the columns out that a sweep file drops; their names.
///
/// # Errors
/// A name or pattern that fits no column.
pub(super) fn drop_columns(
    table: &mut Vec<Column>,
    patterns: &[&str],
    label: &str,
) -> Result<Vec<String>, String> {
    for pattern in patterns {
        let fits = |column: &Column| column.name != label && matches(pattern, &column.name);
        if !table.iter().any(fits) {
            let names = table.iter().map(|column| column.name.as_str());
            return Err(format!(
                "data.drop: no column fits `{pattern}`{}",
                match nearest(pattern, names) {
                    Some(near) => format!("; did you mean `{near}`?"),
                    None => String::new(),
                }
            ));
        }
    }
    Ok(drop_any(table, patterns, label))
}

/// Takes the columns out that fit any of these patterns; their names.
pub(super) fn drop_any(table: &mut Vec<Column>, patterns: &[&str], label: &str) -> Vec<String> {
    let fits = |column: &mut Column| {
        column.name != label
            && patterns
                .iter()
                .any(|pattern| matches(pattern, &column.name))
    };
    table
        .extract_if(.., fits)
        .map(|column| column.name)
        .collect()
}

/// Refuses settings of columns that the table does not have.
///
/// # Errors
/// The first such column.
pub(super) fn refuse_unknown(table: &[Column], settings: &Columns) -> Result<(), String> {
    let categorical = settings.categorical.iter();
    let categorical = categorical
        .flat_map(Names::iter)
        .map(|name| ("data.categorical", name));
    let ordinal = settings.ordinal.iter().flat_map(OrdinalColumns::iter);
    let ordinal = ordinal.map(|(name, _)| ("data.ordinal", name));
    for (key, name) in categorical.chain(ordinal) {
        if table.iter().any(|column| column.name == name) {
            continue;
        }
        let dropped = settings.drop.iter().flat_map(Names::iter);
        let names = table.iter().map(|column| column.name.as_str());
        let help = if dropped.into_iter().any(|pattern| matches(pattern, name)) {
            "; data.drop takes it out".to_owned()
        } else if let Some(near) = nearest(name, names) {
            format!("; did you mean `{near}`?")
        } else {
            String::new()
        };
        return Err(format!("{key}: it has no column `{name}`{help}"));
    }
    Ok(())
}

/// Whether a name fits a pattern, in which `*` stands for any text, also for none.
fn matches(pattern: &str, name: &str) -> bool {
    if pattern == name {
        return true;
    }
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return false;
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::super::column::Cells;
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name) in [
            ("Name", "Name"),
            ("Na*", "Name"),
            ("*me", "Name"),
            ("*", "Name"),
            ("N*m*", "Name"),
            ("N*e", "Ne"),
            ("a*b*c", "a-b-b-c"),
            ("5*", "5*"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("Name", "name"),
            ("Na", "Name"),
            ("*x", "Name"),
            ("ab*ba", "aba"),
            ("", "Name"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn what_fits_goes_but_never_the_label() {
        let table = || {
            ["class", "id", "colour"].map(|name| Column {
                name: name.to_owned(),
                cells: Cells::Whole(vec![Some(1)]),
                is_index: false,
            })
        };
        let mut all = Vec::from(table());
        assert_eq!(
            drop_columns(&mut all, &["c*"], "class").unwrap(),
            ["colour"]
        );
        assert_eq!(all.len(), 2);
        let error = drop_columns(&mut Vec::from(table()), &["color"], "class").unwrap_err();
        assert_eq!(
            error,
            "data.drop: no column fits `color`; did you mean `colour`?"
        );
        assert!(drop_columns(&mut Vec::from(table()), &["class"], "class").is_err());
    }
}
