//! The name of this machine. Names of temporary files and event files contain it: if several machines
//! share a folder, only the machine of a process knows whether it still runs.

/// The name of this machine.
pub(crate) fn host_name() -> String {
    let name = gethostname::gethostname().to_string_lossy().into_owned();
    if name.is_empty() || name.chars().any(char::is_control) {
        "this machine".to_owned()
    } else {
        name
    }
}

/// The name of this machine for use in file names: only letters, digits and `-`.
pub(crate) fn host_label() -> &'static str {
    static LABEL: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    LABEL.get_or_init(|| label(&host_name()))
}

fn label(name: &str) -> String {
    /// On most file systems, a file name has at most 255 bytes.
    const MAX_LABEL_CHARS: usize = 64;
    let characters = name.chars().take(MAX_LABEL_CHARS);
    characters
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_only_letters_digits_and_dashes() {
        assert_eq!(label("gpu-01.cluster é/../x"), "gpu-01-cluster------x");
        assert_eq!(label(&"n".repeat(300)).len(), 64);
    }
}
