//! LaTeX.

use super::single_line;

/// Escapes text for a cell of a `tabular`, for pdfLaTeX with the encodings OT1 and T1, LuaLaTeX and
/// XeLaTeX.
///
/// Characters that would form ligatures are boxed, because LuaTeX joins them across `{}`.
pub(crate) fn latex(text: &str) -> String {
    let text = single_line(text);
    let mut escaped = String::with_capacity(text.len());
    let mut before = None;
    for character in text.chars().filter(|&c| !is_invisible(c)) {
        match character {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => escaped.extend(['\\', character]),
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '|' => escaped.push_str("\\textbar{}"),
            '`' => escaped.push_str("\\textasciigrave{}"),
            '\'' => escaped.push_str("\\textquotesingle{}"),
            // `"` is a command in German, and in OT1 only the typewriter font has the character.
            '"' => escaped.push_str("\\texttt{\\symbol{34}}"),
            // At the start of a row these would be an argument of the `\\` above.
            '[' | '*' => escaped.extend(['{', character, '}']),
            '-' if matches!(before, Some('-' | '–' | '—')) => escaped.push_str("\\mbox{-}"),
            ',' if before == Some(',') => escaped.push_str("\\mbox{,}"),
            '–' => escaped.push_str("\\textendash{}"),
            other => match math_command(other) {
                Some(formula) => escaped.push_str(&format!("${formula}$")),
                None => escaped.push(other),
            },
        }
        before = Some(character);
    }
    escaped
}

/// The characters of texts that pdfLaTeX rejects, each once, in order. They need LuaLaTeX or
/// XeLaTeX and a font that has them.
pub(crate) fn unsupported_by_pdflatex<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<char> {
    let mut found = Vec::new();
    for character in texts.into_iter().flat_map(str::chars) {
        if !is_supported_by_pdflatex(character) && !found.contains(&character) {
            found.push(character);
        }
    }
    found
}

/// Whether pdfLaTeX typesets a character as [`latex`] writes it. It supports the characters of
/// `utf8.def` with T1 and TS1, except a few rare ones.
fn is_supported_by_pdflatex(character: char) -> bool {
    let is_encoded = matches!(
        character,
        '\u{a0}'..='\u{125}' | '\u{128}'..='\u{137}' | '\u{139}'..='\u{13e}' | '\u{141}'..='\u{148}'
            | '\u{14a}'..='\u{165}' | '\u{168}'..='\u{17e}' | '\u{218}'..='\u{21b}'
            | '–' | '—' | '‘'..='‚' | '“'..='„' | '†'..='•' | '…' | '‰' | '‹' | '›' | '€' | '№' | '™'
            | '←'..='↓'
    );
    let is_space = character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
    character.is_ascii()
        || is_space
        || is_encoded
        || is_invisible(character)
        || math_command(character).is_some()
}

/// Whether a character only controls the layout of others. LaTeX has no equivalent.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

/// The command for a character that exists only in math mode.
fn math_command(character: char) -> Option<&'static str> {
    Some(match character {
        '<' => "<",
        '>' => ">",
        '±' => "\\pm",
        '×' => "\\times",
        '−' => "-",
        '≈' => "\\approx",
        '≠' => "\\neq",
        '≤' => "\\leq",
        '≥' => "\\geq",
        '∞' => "\\infty",
        '→' => "\\rightarrow",
        '★' => "\\star",
        // The filled lozenge needs amssymb.
        '◆' => "\\diamond",
        'Γ' => "\\Gamma",
        'Δ' => "\\Delta",
        'Θ' => "\\Theta",
        'Λ' => "\\Lambda",
        'Ξ' => "\\Xi",
        'Π' => "\\Pi",
        'Σ' => "\\Sigma",
        'Φ' => "\\Phi",
        'Ψ' => "\\Psi",
        'Ω' => "\\Omega",
        'α' => "\\alpha",
        'β' => "\\beta",
        'γ' => "\\gamma",
        'δ' => "\\delta",
        'ε' => "\\varepsilon",
        'ζ' => "\\zeta",
        'η' => "\\eta",
        'θ' => "\\theta",
        'ι' => "\\iota",
        'κ' => "\\kappa",
        'λ' => "\\lambda",
        'μ' => "\\mu",
        'ν' => "\\nu",
        'ξ' => "\\xi",
        'π' => "\\pi",
        'ρ' => "\\rho",
        'σ' => "\\sigma",
        'τ' => "\\tau",
        'υ' => "\\upsilon",
        'φ' => "\\varphi",
        'χ' => "\\chi",
        'ψ' => "\\psi",
        'ω' => "\\omega",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_contains_no_command_argument_or_ligature() {
        for (text, expected) in [
            (
                "\\x & {y}^2",
                "\\textbackslash{}x \\& \\{y\\}\\textasciicircum{}2",
            ),
            ("[8, 4]", "{[}8, 4]"),
            ("*", "{*}"),
            ("a--b-- ", "a-\\mbox{-}b-\\mbox{-} "),
            ("-–-", "-\\textendash{}\\mbox{-}"),
            ("it's ,,", "it\\textquotesingle{}s ,\\mbox{,}"),
            ("a > b | c", "a $>$ b \\textbar{} c"),
            (
                "\"a\" `b",
                "\\texttt{\\symbol{34}}a\\texttt{\\symbol{34}} \\textasciigrave{}b",
            ),
            ("a\tb\nc", "a b c"),
            ("a\u{202e}b\u{200b}", "ab"),
            ("λ ≠ é", "$\\lambda$ $\\neq$ é"),
        ] {
            assert_eq!(latex(text), expected);
        }
    }

    #[test]
    fn characters_that_pdflatex_does_not_support_are_found() {
        let texts = ["日本 λ é ≠ “x”", "😀日\u{202e}\t"];
        assert_eq!(unsupported_by_pdflatex(texts), ['日', '本', '😀']);
    }

    /// The text that LaTeX typesets for the output of `latex`; panics on any other command.
    fn set(mut escaped: &str) -> String {
        const COMMANDS: [(&str, &str); 11] = [
            ("\\textbackslash{}", "\\"),
            ("\\textasciitilde{}", "~"),
            ("\\textasciicircum{}", "^"),
            ("\\textbar{}", "|"),
            ("\\textasciigrave{}", "`"),
            ("\\textquotesingle{}", "'"),
            ("\\texttt{\\symbol{34}}", "\""),
            ("\\mbox{-}", "-"),
            ("\\mbox{,}", ","),
            ("$<$", "<"),
            ("$>$", ">"),
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
                other => assert!(!"&%$#_{}~^\"'`<>|[*".contains(other), "{other} is LaTeX's"),
            }
            text.push(sign);
            escaped = &escaped[length..];
        }
        text
    }

    proptest! {
        #[test]
        fn text_is_typeset_unchanged(text in r#"[ab1é &%$#_{}~^\\|<>"'`*\[\]=,.-]{0,12}"#) {
            prop_assert_eq!(set(&latex(&text)), text);
        }
    }
}
