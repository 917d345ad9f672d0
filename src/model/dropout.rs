//! Dropout: random units are silenced while training (Srivastava et al. 2014).

use crate::backend::{Backend, NoiseKey};
use crate::random::{Purpose, Seed, Stream};
use crate::spec::{DropoutSite, Model, Stage};
use burn::tensor::Tensor;
use std::collections::HashMap;

/// The noise of one epoch: one stream for each place of dropout of each distinct seed.
///
/// Members of one seed drop the same units where their rates agree, and of different rates the
/// higher drops all that the lower drops: comparisons between rates are paired.
pub struct DropoutNoise {
    sites: HashMap<DropoutSite, SiteNoise>,
}

/// The noise of one place.
struct SiteNoise {
    rates: Vec<f32>,
    /// One for each member; members of equal seed read equal streams.
    streams: Vec<Stream>,
}

impl DropoutNoise {
    /// The noise of `epoch` for members of these models and seeds; nothing where no member drops.
    pub fn new(models: &[&Model], stages: &[Stage], seeds: &[Seed], epoch: usize) -> Option<Self> {
        let mut sites = HashMap::new();
        for stage in stages {
            let Stage::Dropout { site, .. } = *stage else {
                continue;
            };
            let rates: Vec<f32> = models
                .iter()
                .map(|model| model.dropout_rate(site) as f32)
                .collect();
            if rates.iter().all(|&rate| rate == 0.0) {
                continue;
            }
            let place = [epoch as u32, stream_number(site)];
            let stream = |seed: &Seed| seed.stream(Purpose::Dropout, place);
            let streams = seeds.iter().map(stream).collect();
            sites.insert(site, SiteNoise { rates, streams });
        }
        (!sites.is_empty()).then_some(Self { sites })
    }

    /// Passes over the noise of this many steps.
    pub fn skip(&mut self, steps: usize) {
        for site in self.sites.values_mut() {
            for _ in 0..steps {
                site.keys();
            }
        }
    }

    /// The keys of the next step at one place, one for each member; nothing where no member drops.
    pub fn keys(&mut self, site: DropoutSite) -> Option<Vec<NoiseKey>> {
        Some(self.sites.get_mut(&site)?.keys())
    }

    /// The next step's factors at one place: 0 for what is dropped, 1/(1 − rate) for the rest;
    /// nothing where no member drops. `[members, batch, features]`
    ///
    /// How wide the place is decides nothing: units beside a unit do not change whether it is
    /// dropped.
    pub fn factors<B: Backend>(
        &mut self,
        site: DropoutSite,
        [batch, features]: [usize; 2],
        device: &B::Device,
    ) -> Option<Tensor<B, 3>> {
        let site = self.sites.get_mut(&site)?;
        let keys = site.keys();
        Some(B::dropout_factors(
            &keys,
            &site.rates,
            [batch, features],
            device,
        ))
    }
}

impl SiteNoise {
    /// The keys of the next step, one for each member.
    fn keys(&mut self) -> Vec<NoiseKey> {
        let streams = self.streams.iter_mut();
        streams
            .map(|stream| [stream.bits(), stream.bits()])
            .collect()
    }
}

/// A number for each place, the same in every model.
fn stream_number(site: DropoutSite) -> u32 {
    match site {
        DropoutSite::Hidden(layer) => layer as u32,
        DropoutSite::Block(block) => 1 << 16 | block as u32,
        DropoutSite::Input => 1 << 17,
    }
}
