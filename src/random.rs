//! Streams of random numbers, each with a key.
//!
//! Every random number of a sweep comes from a stream whose key is its purpose. Streams are
//! independent: the same sweep gives the same numbers, whatever the order, the workers or the cohorts
//! of its runs. The key does not contain the trial. All trials of a sweep therefore share their
//! splits, batch order and dropout, and their differences are paired.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The purpose of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The subset that `data.limit` takes.
    Subset,
    /// Folds and hold-out splits.
    Split,
    /// The initial weights of one layer.
    InitialWeights,
    /// The initial biases of one layer.
    InitialBiases,
    /// The order of the samples in one epoch.
    BatchOrder,
    /// The units of one layer that dropout sets to 0 in one epoch.
    Dropout,
    /// The test set of data that has none.
    TestSplit,
    /// The shifts and flips of the training images in one epoch.
    Augmentation,
    /// One of the images of a starter project.
    ExampleImage,
    /// The images on which devices are checked.
    DeviceCheck,
}

/// The seed of one repeat and one split of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seed {
    /// `validation.seed`.
    pub sweep: u64,
    /// The repeat, from 0.
    pub repeat: u32,
    /// The fold, from 0.
    pub fold: u32,
}

impl Seed {
    /// The stream for `purpose`; `indices` are those of the epoch and the layer, where they matter.
    pub fn stream(self, purpose: Purpose, indices: [u32; 2]) -> Stream {
        let mut hasher = blake3::Hasher::new_derive_key("tp-sweep random stream 1");
        hasher.update(&self.sweep.to_le_bytes());
        hasher.update(&self.repeat.to_le_bytes());
        hasher.update(&self.fold.to_le_bytes());
        hasher.update(&(purpose as u32).to_le_bytes());
        for number in indices {
            hasher.update(&number.to_le_bytes());
        }
        Stream(ChaCha8Rng::from_seed(*hasher.finalize().as_bytes()))
    }
}

/// A stream of random numbers (ChaCha with 8 rounds).
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// Fills `values` with numbers uniform in [0, 1), multiples of 2⁻²⁴.
    pub fn fill_uniform(&mut self, values: &mut [f32]) {
        for value in values {
            *value = (self.0.next_u32() >> 8) as f32 * (1.0 / (1 << 24) as f32);
        }
    }

    /// Fills `values` with numbers of the standard normal distribution (Box and Muller 1958).
    pub fn fill_normal(&mut self, values: &mut [f32]) {
        // From `libm`, whose functions give the same bits on every platform.
        use libm::{cos, log, sin, sqrt};
        for pair in values.chunks_mut(2) {
            // In (0, 1], so that the logarithm is finite.
            let radius = sqrt(-2.0 * log(1.0 - self.fine_uniform()));
            let angle = 2.0 * std::f64::consts::PI * self.fine_uniform();
            pair[0] = (radius * cos(angle)) as f32;
            if let Some(second) = pair.get_mut(1) {
                *second = (radius * sin(angle)) as f32;
            }
        }
    }

    /// 32 random bits.
    pub fn bits(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// A number uniform in [0, 1), a multiple of 2⁻⁵³.
    fn fine_uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number uniform in 0..`bound` (Lemire 2019, with rejection: no bias).
    ///
    /// # Panics
    /// If `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        assert!(bound > 0, "the range of a random index is empty");
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u64::from(self.0.next_u32()) * u64::from(bound);
            if product as u32 >= threshold {
                return (product >> 32) as u32;
            }
        }
    }

    /// Shuffles `items` (Fisher and Yates).
    #[expect(clippy::expect_used, reason = "a limit of the program")]
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let bound = u32::try_from(last + 1).expect("data sets have fewer than 2³² samples");
            items.swap(last, self.below(bound) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: Seed = Seed {
        sweep: 42,
        repeat: 0,
        fold: 1,
    };

    fn first(seed: Seed, purpose: Purpose, indices: [u32; 2]) -> [f32; 4] {
        let mut values = [0.0; 4];
        seed.stream(purpose, indices).fill_uniform(&mut values);
        values
    }

    #[test]
    fn each_part_of_its_key_changes_a_stream() {
        let base = first(SEED, Purpose::Dropout, [3, 1]);
        assert_eq!(base, first(SEED, Purpose::Dropout, [3, 1]));
        assert_ne!(base, first(SEED, Purpose::BatchOrder, [3, 1]));
        assert_ne!(base, first(SEED, Purpose::Dropout, [1, 3]));
        for other in [
            Seed { sweep: 43, ..SEED },
            Seed { repeat: 1, ..SEED },
            Seed { fold: 0, ..SEED },
        ] {
            assert_ne!(base, first(other, Purpose::Dropout, [3, 1]));
        }
    }

    #[test]
    fn the_numbers_of_a_stream_never_change() {
        // Golden values: a change here changes the results of every sweep.
        let mut stream = SEED.stream(Purpose::BatchOrder, [0, 0]);
        let drawn: Vec<u32> = (0..6).map(|_| stream.below(1000)).collect();
        insta::assert_debug_snapshot!(drawn);
    }

    #[test]
    fn normal_numbers_have_the_moments_of_their_distribution() {
        let mut values = vec![0.0_f32; 100_001];
        let mut stream = SEED.stream(Purpose::InitialWeights, [0, 0]);
        stream.fill_normal(&mut values);
        let count = values.len() as f64;
        let moment = |power: i32| {
            let sum: f64 = values.iter().map(|&v| f64::from(v).powi(power)).sum();
            sum / count
        };
        // Standard errors of the first, second and fourth moment are √(1, 2, 96) / √count; five
        // of them are allowed.
        let within = |value: f64, expected: f64, variance: f64| {
            (value - expected).abs() < 5.0 * (variance / count).sqrt()
        };
        assert!(within(moment(1), 0.0, 1.0), "{}", moment(1));
        assert!(within(moment(2), 1.0, 2.0), "{}", moment(2));
        assert!(within(moment(4), 3.0, 96.0), "{}", moment(4));
        assert!(values.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn a_shuffle_keeps_every_item_and_moves_evenly() {
        let mut stream = SEED.stream(Purpose::Split, [0, 0]);
        let mut at_first = [0_u32; 4];
        for _ in 0..4000 {
            let mut items = [0, 1, 2, 3];
            stream.shuffle(&mut items);
            at_first[items[0]] += 1;
            items.sort_unstable();
            assert_eq!(items, [0, 1, 2, 3]);
        }
        // Each of four is first in about 1,000 of 4,000; 5 standard deviations are 137.
        assert!(
            at_first.iter().all(|n| n.abs_diff(1000) < 137),
            "{at_first:?}"
        );
    }
}
