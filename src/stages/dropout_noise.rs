//! The random numbers of dropout.

use crate::backend::{Backend, NoiseKey};
use crate::random::{Purpose, Seed, Stream};
use burn::tensor::Tensor;
use std::collections::HashMap;

/// A position of dropout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DropoutSite {
    /// On the input.
    Input,
    /// At the end of the block with this index.
    Block(usize),
    /// After the hidden layer with this index.
    Hidden(usize),
}

/// The dropout noise of one epoch: one random stream for each dropout site and seed.
///
/// Members with the same seed and rate drop the same units. A higher rate drops all units that a lower
/// rate drops, so that comparisons between rates are paired.
pub struct DropoutNoise {
    sites: HashMap<DropoutSite, SiteNoise>,
}

/// The noise of one dropout site.
struct SiteNoise {
    rates: Vec<f32>,
    /// One for each member. Members of equal seed have equal streams.
    streams: Vec<Stream>,
}

impl DropoutNoise {
    /// The noise of `epoch` at these sites for members of these seeds; `None` if no member has dropout. `rate` is the
    /// rate of the member with an index at a site.
    pub fn new(
        sites: impl IntoIterator<Item = DropoutSite>,
        seeds: &[Seed],
        rate: impl Fn(usize, DropoutSite) -> f64,
        epoch: usize,
    ) -> Option<Self> {
        let mut noise = HashMap::new();
        for site in sites {
            let members = 0..seeds.len();
            let rates: Vec<f32> = members.map(|member| rate(member, site) as f32).collect();
            if rates.iter().all(|&rate| rate == 0.0) {
                continue;
            }
            let stream_key = [epoch as u32, stream_number(site)];
            let stream = |seed: &Seed| seed.stream(Purpose::Dropout, stream_key);
            let streams = seeds.iter().map(stream).collect();
            noise.insert(site, SiteNoise { rates, streams });
        }
        (!noise.is_empty()).then_some(Self { sites: noise })
    }

    /// Skips the noise of this number of steps.
    pub fn skip(&mut self, steps: usize) {
        for site in self.sites.values_mut() {
            for _ in 0..steps {
                site.keys();
            }
        }
    }

    /// The keys of the next step at one site, one for each member; `None` if no member drops there.
    pub fn keys(&mut self, site: DropoutSite) -> Option<Vec<NoiseKey>> {
        Some(self.sites.get_mut(&site)?.keys())
    }

    /// The factors of the next step at one site: 0 for dropped units, 1/(1 − rate) for the others; `None` if
    /// no member drops there. `[members, batch, features]`
    ///
    /// The number of features has no influence on which units are dropped.
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

/// The stream number of a site, which is the same in every model.
fn stream_number(site: DropoutSite) -> u32 {
    match site {
        DropoutSite::Hidden(layer) => layer as u32,
        DropoutSite::Block(block) => 1 << 16 | block as u32,
        DropoutSite::Input => 1 << 17,
    }
}
