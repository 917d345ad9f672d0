//! Pages shown in the browser of the system.

use crate::cli::errors::CliError;
use crate::cli::messages::{print, warn};
use std::path::Path;
use url::Url;

/// The address of a file, such as `file:///home/u/reports/axe5.html`.
///
/// # Errors
/// The current folder does not exist.
pub(crate) fn file_address(path: &Path) -> Result<String, CliError> {
    let path = std::path::absolute(path)?;
    // Fails for relative paths only.
    let address = Url::from_file_path(&path).map(String::from);
    Ok(address.unwrap_or_else(|()| path.display().to_string()))
}

/// Prints an address, and opens it in the browser if there is a display to show it on.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn show(address: &str) -> Result<(), CliError> {
    print(&format!("{address}\n"))?;
    if has_display()
        && let Err(error) = open::that_detached(address)
    {
        warn(&format!("cannot open a browser: {error}"));
    }
    Ok(())
}

/// Whether a browser can appear: on Linux, not without a graphical session.
fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"]
            .into_iter()
            .any(is_set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_files_are_absolute_and_escaped() {
        let address = file_address(Path::new("/tmp/mes rapports/é#1.html")).unwrap();
        assert_eq!(address, "file:///tmp/mes%20rapports/%C3%A9%231.html");
        let relative = file_address(Path::new("reports/axe5.html")).unwrap();
        assert!(relative.starts_with("file:///") && relative.ends_with("/reports/axe5.html"));
    }
}
