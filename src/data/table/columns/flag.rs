//! Truth values as text.

/// The truth value that a text names, in any letter case; `None` for other texts.
pub(crate) fn parse_flag(text: &str) -> Option<bool> {
    let is = |flag: &str| text.trim().eq_ignore_ascii_case(flag);
    match (is("true"), is("false")) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// Whether a text names a truth value.
pub(crate) fn is_flag(text: &str) -> bool {
    parse_flag(text).is_some()
}

/// Converts truth values to lower case, if all names are truth values: pandas writes `True`, R `TRUE`, polars `true`.
pub(crate) fn unify_flags(mut names: Vec<String>) -> Vec<String> {
    if names.iter().all(|name| is_flag(name)) {
        names
            .iter_mut()
            .for_each(|name| name.make_ascii_lowercase());
    }
    names
}
