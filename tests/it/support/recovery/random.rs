//! Random numbers of a test, reproducible from a printed seed.

/// A generator (SplitMix64, by Steele, Lea and Flood: "Fast splittable pseudorandom number
/// generators", 2014).
pub struct Random(u64);

impl Random {
    /// One whose seed is `TP_SWEEP_SEED`, or else the time; the seed is printed, which is seen when
    /// the test fails. Each of a program's tests has a separate `stream`.
    pub fn new(stream: u64) -> Self {
        let seed = match std::env::var("TP_SWEEP_SEED") {
            Ok(seed) => seed.parse().expect("TP_SWEEP_SEED is a number"),
            Err(_) => std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |elapsed| elapsed.as_micros() as u64),
        };
        println!("TP_SWEEP_SEED={seed} gives the same random numbers");
        let mut random = Self(seed);
        for _ in 0..stream {
            random = Self(random.next());
        }
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// At least 0, below 1.
    pub fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// At least 0, below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        (self.fraction() * end as f64) as u64
    }
}
