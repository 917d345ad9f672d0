//! Templates with `{{name}}` slots.

/// Replaces each `{{name}}` by its value in one pass, so that `{{name}}` within a value stays as it
/// is.
pub(crate) fn fill(template: &str, value: impl Fn(&str) -> String) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, opened)) = rest.split_once("{{") {
        filled.push_str(before);
        let (name, after) = opened.split_once("}}").unwrap_or((opened, ""));
        filled.push_str(&value(name));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_within_values_are_not_filled() {
        let filled = fill("<{{a}}|{{b}}>{}", |name| format!("{name}{{{{a}}}}"));
        assert_eq!(filled, "<a{{a}}|b{{a}}>{}");
    }
}
