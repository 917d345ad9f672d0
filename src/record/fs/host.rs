//! The machine, in the names of files that are not for ever: on a folder that several machines share,
//! only its own machine can tell whether a process is still at work.

/// The machine's name.
pub(crate) fn host_name() -> String {
    let files = ["/proc/sys/kernel/hostname", "/etc/hostname"];
    let read = |file| std::fs::read_to_string(file).ok();
    let names = files.into_iter().filter_map(read);
    let names = names.chain(
        ["HOSTNAME", "COMPUTERNAME"]
            .map(std::env::var)
            .into_iter()
            .flatten(),
    );
    let mut names = names.map(|name| name.trim().to_owned());
    let is_plain = |name: &String| !name.is_empty() && !name.chars().any(char::is_control);
    names
        .find(is_plain)
        .unwrap_or_else(|| "this machine".to_owned())
}

/// The machine's name as a part of file names: letters, digits and `-` alone.
pub(crate) fn host_label() -> &'static str {
    static LABEL: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    LABEL.get_or_init(|| label(&host_name()))
}

fn label(name: &str) -> String {
    /// Names of files have at most 255 bytes, on most file systems.
    const LONGEST: usize = 64;
    let plain = name.chars().take(LONGEST).map(|c| match c {
        c if c.is_ascii_alphanumeric() => c,
        _ => '-',
    });
    plain.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_of_letters_digits_and_dashes() {
        assert_eq!(label("gpu-01.cluster é/../x"), "gpu-01-cluster------x");
        assert_eq!(label(&"n".repeat(300)).len(), 64);
    }
}
