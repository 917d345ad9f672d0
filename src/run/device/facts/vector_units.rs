//! The vector units of the CPU.

/// The vector instructions of the CPU that matter for training, the widest last.
pub fn vector_units() -> Vec<&'static str> {
    #[cfg(target_arch = "x86_64")]
    {
        let known = [
            ("SSE4.2", is_x86_feature_detected!("sse4.2")),
            ("AVX", is_x86_feature_detected!("avx")),
            ("AVX2", is_x86_feature_detected!("avx2")),
            ("FMA", is_x86_feature_detected!("fma")),
            ("AVX-512", is_x86_feature_detected!("avx512f")),
        ];
        let present = known.into_iter().filter(|(_, is_present)| *is_present);
        present.map(|(name, _)| name).collect()
    }
    #[cfg(target_arch = "aarch64")]
    {
        // Every processor of this architecture has it.
        vec!["NEON"]
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        Vec::new()
    }
}
