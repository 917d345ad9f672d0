//! LaTeX.

use super::on_one_line;

/// Text for a cell of a `tabular`, whatever the font's encoding.
pub(crate) fn latex(text: &str) -> String {
    let text = on_one_line(text);
    let mut escaped = String::with_capacity(text.len());
    let mut before = None;
    for character in text.chars() {
        match character {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => escaped.extend(['\\', character]),
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '|' => escaped.push_str("\\textbar{}"),
            '`' => escaped.push_str("\\textasciigrave{}"),
            // In German a command.
            '"' => escaped.push_str("\\symbol{34}"),
            // At the beginning of a row these would be an argument of the row above.
            '[' | '*' => escaped.extend(['{', character, '}']),
            // Two in a row would be one of another kind.
            '-' | '\'' | ',' if before == Some(character) => {
                escaped.extend(["{}", &character.to_string()]);
            }
            '±' => escaped.push_str("$\\pm$"),
            '≈' => escaped.push_str("$\\approx$"),
            '★' => escaped.push_str("$\\star$"),
            '×' => escaped.push_str("$\\times$"),
            '→' => escaped.push_str("$\\rightarrow$"),
            '≤' => escaped.push_str("$\\leq$"),
            '≥' => escaped.push_str("$\\geq$"),
            '<' => escaped.push_str("$<$"),
            '>' => escaped.push_str("$>$"),
            '–' => escaped.push_str("--"),
            other => escaped.push(other),
        }
        before = Some(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_is_a_command_an_argument_or_another_sign() {
        for (text, expected) in [
            (
                "\\x & {y}^2",
                "\\textbackslash{}x \\& \\{y\\}\\textasciicircum{}2",
            ),
            ("[8, 4]", "{[}8, 4]"),
            ("*", "{*}"),
            ("a--b ''", "a-{}-b '{}'"),
            ("a > b | c", "a $>$ b \\textbar{} c"),
            ("\"a\" `b", "\\symbol{34}a\\symbol{34} \\textasciigrave{}b"),
            ("a\tb\nc", "a b c"),
        ] {
            assert_eq!(latex(text), expected);
        }
    }

    /// What LaTeX sets for a text that `latex` has escaped; a failure where it would do anything else.
    fn set(mut escaped: &str) -> String {
        const COMMANDS: [(&str, &str); 9] = [
            ("\\textbackslash{}", "\\"),
            ("\\textasciitilde{}", "~"),
            ("\\textasciicircum{}", "^"),
            ("\\textbar{}", "|"),
            ("\\textasciigrave{}", "`"),
            ("\\symbol{34}", "\""),
            ("$<$", "<"),
            ("$>$", ">"),
            ("{}", ""),
        ];
        let mut text = String::new();
        while let Some(first) = escaped.chars().next() {
            if let Some((command, sign)) = COMMANDS.iter().find(|(c, _)| escaped.starts_with(c)) {
                text.push_str(sign);
                escaped = &escaped[command.len()..];
                continue;
            }
            let rest = &escaped[first.len_utf8()..];
            let (sign, length) = match first {
                '\\' => (rest.chars().next().unwrap(), 2),
                '{' => (rest.chars().next().unwrap(), 3),
                other => (other, other.len_utf8()),
            };
            match first {
                '\\' => assert!("&%$#_{}".contains(sign), "the command \\{sign}"),
                '{' => assert!("[*".contains(sign) && rest[1..].starts_with('}')),
                other => assert!(!"&%$#_{}~^\"`<>|[*".contains(other), "{other} is LaTeX's"),
            }
            text.push(sign);
            escaped = &escaped[length..];
        }
        text
    }

    proptest! {
        #[test]
        fn the_text_is_set_as_it_is(text in r#"[ab1é &%$#_{}~^\\|<>"'`*\[\]=,.-]{0,12}"#) {
            prop_assert_eq!(set(&latex(&text)), text);
        }
    }
}
