//! Words to the person at the terminal. A closed output is no reason to fail.

use std::io::{IsTerminal, Write};

/// Writes to standard output.
pub(super) fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Writes a line that should be noticed to standard error.
pub(super) fn warn(line: &str) {
    let mut error = std::io::stderr();
    let mark = match error.is_terminal() {
        true => "\u{1b}[33m!\u{1b}[0m",
        false => "!",
    };
    let _ = writeln!(error, "{mark} {line}");
}
