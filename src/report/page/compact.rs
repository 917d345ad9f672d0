//! Removes comments and indentation from scripts and styles.

/// Removes indentation, empty lines and comments on their own lines, which makes a script a fifth
/// shorter. The script must not have texts over several lines.
pub(crate) fn compact(script: &str) -> String {
    let mut is_comment = false;
    let mut kept = String::with_capacity(script.len());
    for line in script.lines().map(str::trim) {
        is_comment |= line.starts_with("/**");
        if !is_comment && !line.is_empty() && !line.starts_with("//") {
            kept.push_str(line);
            kept.push('\n');
        }
        is_comment &= !line.ends_with("*/");
    }
    kept
}

/// Removes comments, indentation and the spaces around punctuation.
pub(crate) fn compact_styles(styles: &str) -> String {
    let mut kept = compact(styles);
    for (written, short) in [
        (" {", "{"),
        ("{ ", "{"),
        ("; }", "}"),
        ("; ", ";"),
        (": ", ":"),
    ] {
        kept = kept.replace(written, short);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_removed_and_statements_kept() {
        let script = "// Why.\n\n/** What. */\nfunction f() {\n  /**\n   * More.\n   */\n  return 'a // b'; // c\n}\n";
        assert_eq!(
            compact(script),
            "function f() {\nreturn 'a // b'; // c\n}\n"
        );
    }

    #[test]
    fn significant_spaces_in_styles_are_kept() {
        let styles =
            "/** Why. */\n@media (width: 1px) {\n  a b { margin: 0 auto; color: red; }\n}\n";
        let short = "@media (width:1px){\na b{margin:0 auto;color:red}\n}\n";
        assert_eq!(compact_styles(styles), short);
    }
}
