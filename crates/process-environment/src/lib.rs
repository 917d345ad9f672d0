//! Sets variables of this process's environment while it has one thread.

use std::ffi::OsStr;

/// Sets an environment variable, unless it is set already. Returns whether it has a value now.
///
/// Does nothing if the process has more than one thread, or if the system does not tell the number of threads.
pub fn set_default(name: &str, value: &OsStr) -> bool {
    if std::env::var_os(name).is_some() {
        return true;
    }
    if !has_one_thread() {
        return false;
    }
    // SAFETY: `set_var` is unsound if another thread reads or writes the environment at the same time. This process has
    // no other thread, and this thread, which alone could start one, is here.
    unsafe { std::env::set_var(name, value) };
    true
}

/// Whether this process has exactly one thread, as Linux reports it.
fn has_one_thread() -> bool {
    std::fs::read_dir("/proc/self/task").is_ok_and(|threads| threads.count() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_set_in_a_process_with_several_threads() {
        let in_second_thread = || {
            assert!(!has_one_thread());
            set_default("PROCESS_ENVIRONMENT_TEST", OsStr::new("1"))
        };
        assert!(!std::thread::spawn(in_second_thread).join().unwrap());
        assert_eq!(std::env::var_os("PROCESS_ENVIRONMENT_TEST"), None);
    }

    #[test]
    fn a_variable_that_is_set_keeps_its_value() {
        let path = std::env::var_os("PATH");
        assert!(set_default("PATH", OsStr::new("elsewhere")));
        assert_eq!(std::env::var_os("PATH"), path);
    }
}
