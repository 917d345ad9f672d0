//! Exit codes of commands that read results.

/// The exit code if results are missing.
pub(crate) const RESULTS_MISSING: u8 = 3;

/// The exit code: 3 if results are missing, else 1 if runs failed, else 0.
pub(crate) fn results_exit_code(is_complete: bool, failures: usize) -> u8 {
    match (is_complete, failures) {
        (false, _) => RESULTS_MISSING,
        (true, 0) => 0,
        (true, _) => 1,
    }
}
