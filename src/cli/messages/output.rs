//! Standard output and standard error.

use std::io::{ErrorKind, IsTerminal, Write};

/// Writes to standard output. A pipe closed by its reader, such as `head`, is not an error.
///
/// # Errors
/// Standard output cannot be written.
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

/// Writes a warning line to standard error.
pub(crate) fn warn(line: &str) {
    let mut error = std::io::stderr();
    let mark = if error.is_terminal() {
        "\u{1b}[33m!\u{1b}[0m"
    } else {
        "!"
    };
    let _ = writeln!(error, "{mark} {line}");
}
