//! Lists of names in messages.

/// The maximum number of items that a message names.
pub(crate) const MAX_LISTED: usize = 12;

/// The first items and the number of the others: `a, b and 3 more`.
pub(crate) fn listed(
    items: impl ExactSizeIterator<Item = String>,
    and: &str,
    more: &str,
) -> String {
    let rest = items.len().saturating_sub(MAX_LISTED);
    let first: Vec<String> = items.take(MAX_LISTED).collect();
    with_rest(&first, rest, and, more)
}

/// The items of `first` and the number of the others: `a, b and 3 more`.
pub(crate) fn with_rest(first: &[String], rest: usize, and: &str, more: &str) -> String {
    let shown = first.join(", ");
    match rest {
        0 => shown,
        rest => format!("{shown} {and} {rest} {more}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_that_are_not_named_are_counted() {
        let names = |count: usize| (0..count).map(|n| n.to_string());
        assert_eq!(listed(names(2), "and", "more"), "0, 1");
        assert!(listed(names(15), "and", "more").ends_with("11 and 3 more"));
    }
}
