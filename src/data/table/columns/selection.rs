//! Selects the columns of a table.

use super::column::Column;
use crate::spec::{ColumnNames, ColumnSettings, OrdinalColumns, nearest};
use std::collections::HashSet;

/// Refuses names and patterns in `data.drop` that match no column of these tables.
///
/// # Errors
/// The first such pattern.
pub(crate) fn refuse_unmatched_patterns(
    tables: &[&[Column]],
    patterns: &[&str],
    label: &str,
) -> Result<(), String> {
    let columns = || tables.iter().copied().flatten();
    let names: HashSet<&str> = columns().map(|column| column.name.as_str()).collect();
    for &pattern in patterns {
        if names.contains(pattern) && pattern != label {
            continue;
        }
        let is_match = |name: &&str| matches(pattern, name);
        if names.iter().any(|name| *name != label && is_match(name)) {
            continue;
        }
        if is_match(&label) {
            return Err(format!(
                "data.drop: `{pattern}` matches only the label column `{label}`, which cannot be left out"
            ));
        }
        return Err(format!(
            "data.drop: no column matches `{pattern}`{}",
            match nearest(pattern, names.iter().copied()) {
                Some(near) => format!("; did you mean `{near}`?"),
                None => String::new(),
            }
        ));
    }
    Ok(())
}

/// Removes the columns that match any of these patterns, except the label, and returns their names.
pub(crate) fn drop_columns(table: &mut Vec<Column>, patterns: &[&str], label: &str) -> Vec<String> {
    let names: HashSet<&str> = patterns.iter().copied().collect();
    let patterns: Vec<Vec<String>> = patterns
        .iter()
        .filter(|pattern| pattern.contains(['*', '\\']))
        .map(|pattern| parts(pattern))
        .collect();
    let is_dropped = |column: &mut Column| {
        let name = column.name.as_str();
        let is_named =
            names.contains(name) || patterns.iter().any(|parts| matches_parts(parts, name));
        name != label && is_named
    };
    let dropped = table.extract_if(.., is_dropped);
    dropped.map(|column| column.name).collect()
}

/// Refuses settings for columns that the table does not have.
///
/// # Errors
/// The first such column.
pub(crate) fn refuse_unknown_columns(
    table: &[Column],
    settings: &ColumnSettings,
) -> Result<(), String> {
    let categorical = settings.categorical.iter();
    let categorical = categorical
        .flat_map(ColumnNames::iter)
        .map(|name| ("data.categorical", name));
    let ordinal = settings.ordinal.iter().flat_map(OrdinalColumns::iter);
    let ordinal = ordinal.map(|(name, _)| ("data.ordinal", name));
    let known: HashSet<&str> = table.iter().map(|column| column.name.as_str()).collect();
    for (key, name) in categorical.chain(ordinal) {
        if known.contains(name) {
            continue;
        }
        let dropped = settings.drop.iter().flat_map(ColumnNames::iter);
        let names = table.iter().map(|column| column.name.as_str());
        let help = if dropped.into_iter().any(|pattern| matches(pattern, name)) {
            "; data.drop removes it".to_owned()
        } else if let Some(near) = nearest(name, names) {
            format!("; did you mean `{near}`?")
        } else {
            String::new()
        };
        return Err(format!("{key}: it has no column `{name}`{help}"));
    }
    Ok(())
}

/// Whether a name matches a pattern, in which `*` matches any text, even an empty one, and `\*` an asterisk.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    if pattern == name {
        return true;
    }
    matches_parts(&parts(pattern), name)
}

/// Whether a name consists of these texts in this order, with any text between them.
fn matches_parts(parts: &[String], name: &str) -> bool {
    let [first, middle @ .., last] = parts else {
        return parts.first().is_some_and(|only| only == name);
    };
    let Some(mut rest) = name.strip_prefix(first.as_str()) else {
        return false;
    };
    for part in middle {
        match rest.find(part.as_str()) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

/// The texts between the wildcards of a pattern.
fn parts(pattern: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_escaped = letter == '\\' && matches!(letters.peek(), Some('*' | '\\'));
        let letter = if is_escaped {
            letters.next().unwrap_or(letter)
        } else {
            letter
        };
        match (letter, parts.last_mut()) {
            ('*', _) if !is_escaped => parts.push(String::new()),
            (letter, Some(part)) => part.push(letter),
            (_, None) => {}
        }
    }
    parts
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
            ("a\\*", "a*"),
            ("a\\\\b*", "a\\bc"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("Name", "name"),
            ("Na", "Name"),
            ("*x", "Name"),
            ("ab*ba", "aba"),
            ("a\\*", "ab"),
            ("", "Name"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn what_fits_goes_but_never_the_label() {
        let table = || {
            Vec::from(["class", "id", "colour"].map(|name| Column {
                name: name.to_owned(),
                cells: Cells::Whole(vec![Some(1)]),
                ..Column::default()
            }))
        };
        let mut all = table();
        assert_eq!(drop_columns(&mut all, &["c*"], "class"), ["colour"]);
        assert_eq!(all.len(), 2);
        let refused =
            |pattern| refuse_unmatched_patterns(&[&table()], &[pattern], "class").unwrap_err();
        assert_eq!(
            refused("color"),
            "data.drop: no column matches `color`; did you mean `colour`?"
        );
        assert!(refused("cl*").contains("cannot be left out"));
        assert!(refuse_unmatched_patterns(&[&[], &table()], &["id", "*"], "class").is_ok());
    }
}
