//! Parts of messages: counts, lists, sizes.

use crate::plan::{grouped, plural};

/// `1 result`, `2,000 results`.
pub(crate) fn with_count(count: usize, word: &str) -> String {
    format!("{} {}", grouped(count as u64), plural(count, word))
}

/// The first few names, and how many more there are.
pub(crate) fn list_names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const MAX_NAMES: usize = 4;
    let names: Vec<&str> = names.into_iter().collect();
    match names.len() > MAX_NAMES {
        true => format!(
            "{} and {} more",
            names[..MAX_NAMES - 1].join(", "),
            names.len() - MAX_NAMES + 1
        ),
        false => names.join(", "),
    }
}

/// A number of bytes in the unit that suits it.
pub(crate) fn format_bytes(count: u64) -> String {
    let mut value = count as f64;
    for unit in ["bytes", "KiB", "MiB", "GiB"] {
        if value < 1023.95 {
            return match unit {
                "bytes" => format!("{count} bytes"),
                _ => format!("{value:.1} {unit}"),
            };
        }
        value /= 1024.0;
    }
    format!("{value:.1} TiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(list_names(["a"]), "a");
        assert_eq!(list_names(["a", "b", "c", "d"]), "a, b, c, d");
        assert_eq!(list_names(["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
    }
}
