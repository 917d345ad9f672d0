//! Counts, lists and sizes in messages.

use crate::wording::{grouped, plural};

/// `1 result`, `2,000 results`.
pub(crate) fn with_count(count: usize, word: &str) -> String {
    format!("{} {}", grouped(count as u64), plural(count, word))
}

/// The first names and the number of the remaining ones: `a, b, c and 2 more`.
pub(crate) fn list_names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const MAX_NAMES: usize = 4;
    let names: Vec<&str> = names.into_iter().collect();
    if names.len() <= MAX_NAMES {
        return names.join(", ");
    }
    let shown = MAX_NAMES - 1;
    format!(
        "{} and {} more",
        names[..shown].join(", "),
        names.len() - shown
    )
}

/// A number of bytes in a readable unit: `1.46 MiB`.
pub(crate) fn format_bytes(count: u64) -> String {
    indicatif::BinaryBytes(count).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_shortened() {
        assert_eq!(list_names(["a"]), "a");
        assert_eq!(list_names(["a", "b", "c", "d"]), "a, b, c, d");
        assert_eq!(list_names(["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
    }
}
