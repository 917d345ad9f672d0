//! Words to the person at the terminal.

use std::io::{ErrorKind, IsTerminal, Write};

/// Writes to standard output. A reader that has seen enough, such as `head`, is no error.
///
/// # Errors
/// An output that cannot be written to.
pub(crate) fn print(text: &str) -> std::io::Result<()> {
    let mut output = std::io::stdout();
    let written = output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush());
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => {
            let message = format!("cannot write to standard output: {error}");
            Err(std::io::Error::new(error.kind(), message))
        }
        Ok(()) => Ok(()),
    }
}

/// Writes a line that should be noticed to standard error.
pub(crate) fn warn(line: &str) {
    let mut error = std::io::stderr();
    let mark = match error.is_terminal() {
        true => "\u{1b}[33m!\u{1b}[0m",
        false => "!",
    };
    let _ = writeln!(error, "{mark} {line}");
}
