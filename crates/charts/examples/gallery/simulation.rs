//! A simulated sweep: layers, width, learning rate, schedule and regularisation in a grid of 108
//! trials with 5 folds each.

use charts::CurvePoint;

/// Returns a pseudo-random number between 0 and 1 that depends only on its key.
pub(crate) fn noise(key: u64) -> f64 {
    // Mixing steps of SplitMix64 (Steele, Lea and Flood, 2014).
    let mut bits = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

pub(crate) struct Trial {
    pub(crate) levels: [usize; 5],
    pub(crate) name: String,
}

pub(crate) const FACTORS: [(&str, &[&str]); 5] = [
    ("layers", &["1", "2", "3"]),
    ("width", &["64", "128"]),
    ("learning rate", &["0.1", "0.01"]),
    ("schedule", &["constant", "step", "cosine"]),
    ("regularisation", &["none", "dropout", "weight_decay"]),
];

pub(crate) fn trials() -> Vec<Trial> {
    let sizes = FACTORS.map(|(_, levels)| levels.len());
    (0..sizes.iter().product())
        .map(|index: usize| {
            // Mix the levels: 35 and 108 have no common factor.
            let mut rest = index * 35 % 108;
            let levels = sizes.map(|size| {
                let level = rest % size;
                rest /= size;
                level
            });
            let part = |factor: usize| FACTORS[factor].1[levels[factor]];
            let name = format!(
                "layers={}-width={}-lr={}-{}-{}",
                part(0),
                part(1),
                part(2),
                part(3),
                part(4)
            );
            Trial { levels, name }
        })
        .collect()
}

impl Trial {
    pub(crate) fn key(&self) -> u64 {
        self.levels
            .iter()
            .fold(1, |key, &level| key * 7 + level as u64)
    }

    /// Returns the loss after an epoch on a fold.
    pub(crate) fn loss(&self, epoch: usize, fold: u64, training: bool) -> f64 {
        let [layers, width, rate, schedule, regularisation] = self.levels.map(|level| level as f64);
        let speed = 0.5 + 0.12 * layers + 0.1 * width - 0.28 * rate + 0.04 * schedule;
        let floor = 0.11 - 0.012 * layers - 0.015 * width + 0.05 * rate
            - 0.006 * schedule
            - 0.004 * regularisation;
        let floor = if training {
            floor * (0.35 + 0.15 * regularisation)
        } else {
            floor
        };
        let jitter = 1.0 + 0.16 * (noise(self.key() * 1000 + epoch as u64 * 10 + fold) - 0.5);
        (floor + 1.9 * (-speed * epoch as f64).exp()) * jitter
    }

    pub(crate) fn curve(&self, training: bool) -> Vec<CurvePoint> {
        (1..=10)
            .map(|epoch| {
                let losses: Vec<f64> = (0..5)
                    .map(|fold| self.loss(epoch, fold, training))
                    .collect();
                CurvePoint::with_band(
                    epoch as f64,
                    losses.iter().sum::<f64>() / 5.0,
                    losses.iter().copied().fold(f64::INFINITY, f64::min),
                    losses.iter().copied().fold(0.0, f64::max),
                )
            })
            .collect()
    }
}

impl Trial {
    /// Returns the validation accuracy, in percent.
    pub(crate) fn accuracy(&self) -> f64 {
        100.0 - 22.0 * (0..5).map(|fold| self.loss(10, fold, false)).sum::<f64>() / 5.0
    }
}

impl Trial {
    pub(crate) fn parameters(&self) -> f64 {
        let [layers, width, ..] = self.levels;
        let width = [64.0, 128.0][width];
        785.0 * width + layers as f64 * width * (width + 1.0) + 10.0 * (width + 1.0)
    }

    pub(crate) fn seconds_per_epoch(&self) -> f64 {
        let extra = 1.0 + 0.35 * self.levels[4] as f64 + 0.05 * noise(self.key() + 3);
        (0.4 + self.parameters() / 60_000.0) * extra
    }
}
