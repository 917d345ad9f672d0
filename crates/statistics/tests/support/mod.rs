//! Reproducible random numbers for tests.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A keyed stream of random numbers.
pub struct Stream(ChaCha8Rng);

impl Stream {
    pub fn keyed(key: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(key))
    }

    /// Returns a number uniform in [0, 1).
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns a number of the standard normal distribution (Box and Muller 1958).
    #[allow(dead_code, reason = "not every file of tests draws normal numbers")]
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (2.0 * std::f64::consts::PI * self.uniform()).cos()
    }
}
