//! Exit codes that tell how far the results of a sweep are.

/// Results are missing.
pub(crate) const RESULTS_MISSING: u8 = 3;

/// 0 where every run has finished, 3 where results are missing, 1 where none is but some failed.
pub(crate) fn results_exit_code(is_complete: bool, failures: usize) -> u8 {
    match (is_complete, failures) {
        (false, _) => RESULTS_MISSING,
        (true, 0) => 0,
        (true, _) => 1,
    }
}
