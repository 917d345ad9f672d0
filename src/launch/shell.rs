//! Quotes text for shell commands and `#SBATCH` lines.

/// Quotes a word for a POSIX shell; plain words stay unquoted.
pub(super) fn quote_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Quotes words for a POSIX shell and joins them with spaces.
pub(super) fn quote_words<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(quote_word).collect();
    words.join(" ")
}

/// Quotes the value of an `#SBATCH` option. `sbatch` parses these lines itself, with its own quoting
/// rules; to the shell they are comments.
pub(super) fn quote_directive(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        value.to_owned()
    } else {
        let escaped = value.replace('\\', r"\\").replace('"', "\\\"");
        format!("\"{escaped}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_shell_reads_each_word_unchanged() {
        for text in [
            "plain",
            "",
            "two words",
            "it's",
            "$(touch x)",
            "`id`",
            "a\\b",
            "\"",
            "-n",
            "~",
            "*",
            "a\nb",
            "é",
            "#x",
            "!",
            ";rm",
            "''",
        ] {
            let script = format!("printf %s {}", quote_word(text));
            let output = std::process::Command::new("sh")
                .args(["-c", &script])
                .output();
            assert_eq!(String::from_utf8(output.unwrap().stdout).unwrap(), text);
        }
    }

    #[test]
    fn directives_are_quoted_if_necessary() {
        assert_eq!(quote_directive("/a/b-1%a.out"), "/a/b-1%a.out");
        assert_eq!(quote_directive(r#"a "b" #c"#), r#""a \"b\" #c""#);
    }
}
