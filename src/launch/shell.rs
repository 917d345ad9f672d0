//! Words that stand in scripts as they are, whatever they contain.

/// A word for a POSIX shell: plain words stay as they are, all else is quoted.
pub(super) fn quote_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// Words for a POSIX shell, on one line.
pub(super) fn quote_words<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(quote_word).collect();
    words.join(" ")
}

/// The value of an `#SBATCH` option. `sbatch` reads these lines itself, with quotes and backslashes
/// of its own; to the shell they are comments.
pub(super) fn quote_directive(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    match !value.is_empty() && value.chars().all(is_plain) {
        true => value.to_owned(),
        false => {
            let escaped = value.replace('\\', r"\\").replace('"', "\\\"");
            format!("\"{escaped}\"")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_shell_reads_each_word_as_it_was() {
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
    fn directives_are_quoted_where_they_must_be() {
        assert_eq!(quote_directive("/a/b-1%a.out"), "/a/b-1%a.out");
        assert_eq!(quote_directive(r#"a "b" #c"#), r#""a \"b\" #c""#);
    }
}
