//! The thread pool that one run is trained in.

/// Does work in a rayon pool of one thread, so that matrix products do not fork.
pub(crate) fn in_single_thread_pool<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
        Ok(pool) => pool.install(work),
        // In rayon's global pool the work is slower, but its results are the same.
        Err(_) => work(),
    }
}
