//! Quotes text for shell commands and `#SBATCH` lines.

use shlex::Quoter;

/// Quotes words for a POSIX shell and joins them with spaces; plain words stay unquoted.
#[expect(clippy::expect_used, reason = "an invariant of the quoter")]
pub(super) fn quote_words<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted = Quoter::new().allow_nul(true).join(words);
    quoted.expect("only NUL bytes would be refused, and they are allowed")
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
            let script = format!("printf %s {}", quote_words([text]));
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
