//! A trained network that answers.

use super::description::Description;
use super::layout::Weights;
use crate::backend::Backend;
use crate::data::{DeviceNormalisation, DeviceSamples, Normalisation, Values};
use crate::model::{Network, eval_batch_size, state_shapes, values};
use burn::tensor::{Tensor, TensorData};

/// A trained network that answers.
pub struct Predictor<B: Backend> {
    network: Network<B>,
    features: usize,
    classes: usize,
    /// What samples are normalised by as they are put on the device.
    known: Option<Normalisation>,
    /// What they are normalised by afterwards, as the run did.
    own: Option<DeviceNormalisation<B>>,
    device: B::Device,
}

/// An answer to one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// The position of the likeliest class.
    pub class: usize,
    /// The logits of the classes.
    pub logits: Vec<f32>,
    /// The probabilities of the classes: they add up to 1.
    pub probabilities: Vec<f64>,
}

impl<B: Backend> Predictor<B> {
    /// The network that this describes, with its weights.
    ///
    /// # Errors
    /// A reason, in words: a description that contradicts itself.
    ///
    /// # Panics
    /// When the weights are those of another network.
    pub fn new(
        description: &Description,
        weights: Weights,
        device: &B::Device,
    ) -> Result<Self, String> {
        let stages = description.stages()?;
        let shapes = state_shapes(&stages);
        assert_eq!(shapes.len(), weights.len(), "weights are of this network");
        let tensor = |(values, [rows, columns]): (Vec<f32>, [usize; 2])| {
            Tensor::from_data(TensorData::new(values, [1, rows, columns]), device)
        };
        let state = weights.into_iter().zip(shapes).map(tensor).collect();
        let features = description.input.features;
        let normalisation = description.input.normalisation()?;
        let (known, own) = match normalisation {
            Some(own) if description.input.is_of_run() => (None, Some(own)),
            known => (known, None),
        };
        let own = own.map(|own| DeviceNormalisation::new(&[&own], features, device));
        Ok(Self {
            network: Network::of_states(vec![stages], vec![state]),
            features,
            classes: description.classes.len(),
            known,
            own,
            device: device.clone(),
        })
    }

    /// The answers to samples, one after the other: `[samples, features]`, images with their
    /// channels last.
    ///
    /// # Panics
    /// When the values are no whole number of samples.
    pub fn predict(&mut self, samples: Values) -> Vec<Prediction> {
        assert!(
            samples.len().is_multiple_of(self.features),
            "each sample is whole"
        );
        let count = samples.len() / self.features;
        let samples = DeviceSamples::<B>::unlabeled(
            samples,
            self.features,
            self.known.as_ref(),
            &self.device,
        );
        // In passes as long as those that tested the run's model.
        let pass = eval_batch_size(self.network.stages());
        let mut answers = Vec::with_capacity(count);
        for start in (0..count).step_by(pass) {
            let [input, _] = samples.range(start..(start + pass).min(count));
            let mut input = input.unsqueeze::<3>();
            if let Some(own) = &self.own {
                input = own.apply(input);
            }
            let logits = values(self.network.predict(input));
            answers.extend(logits.chunks_exact(self.classes).map(Prediction::of));
        }
        answers
    }
}

impl Prediction {
    /// The answer that these logits are.
    fn of(logits: &[f32]) -> Self {
        let mut class = 0;
        for (position, logit) in logits.iter().enumerate() {
            // Of equal ones the first, as where the run's model was tested.
            if *logit > logits[class] {
                class = position;
            }
        }
        let highest = f64::from(logits[class]);
        let powers: Vec<f64> = logits
            .iter()
            .map(|&logit| libm::exp(f64::from(logit) - highest))
            .collect();
        let sum: f64 = powers.iter().sum();
        Self {
            class,
            logits: logits.to_vec(),
            probabilities: powers.iter().map(|power| power / sum).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_class_is_the_first_of_the_highest() {
        let answer = Prediction::of(&[1.0, 3.0, 3.0]);
        assert_eq!(answer.class, 1);
        let sum: f64 = answer.probabilities.iter().sum();
        assert!((sum - 1.0).abs() < 1e-12);
        assert_eq!(answer.probabilities[1], answer.probabilities[2]);
        // exp(-2) / (exp(-2) + 2)
        assert!((answer.probabilities[0] - 0.063_378_94).abs() < 1e-7);
        let extreme = Prediction::of(&[1e30, -1e30]);
        assert_eq!(extreme.probabilities, [1.0, 0.0]);
    }
}
