//! Catches panics of the current thread while a library works, and silences those of the library's own threads.

use super::catch::{CaughtPanic, catch};
use super::hook;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// Whether a thread of this name belongs to a library.
type OwnsThread = fn(&str) -> bool;

/// The libraries that are working, once for each piece of work.
static WORKING: Mutex<Vec<OwnsThread>> = Mutex::new(Vec::new());

/// Runs `work`, which uses a library, and returns its panic. Meanwhile, panics of the library's own threads are not
/// printed: the library passes them on, or they do not matter. Panics of other threads are printed.
pub(crate) fn catch_with_threads<T>(
    owns_thread: OwnsThread,
    work: impl FnOnce() -> T,
) -> Result<T, CaughtPanic> {
    static HANDLER: Once = Once::new();
    HANDLER.call_once(|| hook::add_handler(|_| is_owned(std::thread::current().name())));
    working().push(owns_thread);
    let done = catch(work);
    let mut working = working();
    let is_this = |other: &OwnsThread| std::ptr::fn_addr_eq(*other, owns_thread);
    if let Some(position) = working.iter().position(is_this) {
        working.swap_remove(position);
    }
    done
}

/// Whether a thread of this name belongs to a library that is working.
fn is_owned(thread: Option<&str>) -> bool {
    let owned = |name| working().iter().any(|owns_thread| owns_thread(name));
    thread.is_some_and(owned)
}

fn working() -> MutexGuard<'static, Vec<OwnsThread>> {
    WORKING.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_threads_of_the_library_are_silenced_and_only_while_it_works() {
        let of_library: OwnsThread = |name| name.starts_with("library-");
        let of_other: OwnsThread = |name| name.starts_with("another-");
        let done = catch_with_threads(of_library, || {
            assert!(is_owned(Some("library-1")));
            let nested = catch_with_threads(of_other, || is_owned(Some("another-1")));
            assert_eq!(nested, Ok(true));
            assert!(!is_owned(Some("another-1")));
            assert!(!is_owned(Some("worker-1")));
            assert!(!is_owned(None));
            panic!("damaged");
        });
        let caught: Result<(), _> = done.map_err(|panic| panic.message);
        assert_eq!(caught, Err("damaged".to_owned()));
        assert!(!is_owned(Some("library-1")));
    }
}
