//! The vector unit of the CPU.

/// The widest vector instructions of the CPU, such as `AVX-512`; `None` if it has none that matter.
pub(super) fn vector_unit() -> Option<&'static str> {
    #[cfg(target_arch = "x86_64")]
    {
        let known = [
            ("AVX-512", is_x86_feature_detected!("avx512f")),
            ("AVX2", is_x86_feature_detected!("avx2")),
            ("AVX", is_x86_feature_detected!("avx")),
            ("SSE4.2", is_x86_feature_detected!("sse4.2")),
        ];
        let mut present = known.into_iter().filter(|(_, is_present)| *is_present);
        present.next().map(|(name, _)| name)
    }
    #[cfg(target_arch = "aarch64")]
    {
        // Every processor of this architecture has it.
        Some("NEON")
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        None
    }
}
