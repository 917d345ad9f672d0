//! Predicts with a trained network.

use super::description::Description;
use super::layout::Weights;
use crate::backend::Backend;
use crate::data::{DeviceNormalisation, DeviceSamples, Normalisation, Values};
use crate::model::{Network, eval_batch_size, state_shapes, state_tensors, values};

/// A trained network for predictions.
pub struct Predictor<B: Backend> {
    network: Network<B>,
    features: usize,
    classes: usize,
    /// Normalises samples when they are copied to the device.
    upload_normalisation: Option<Normalisation>,
    /// Normalises batches on the device, as the run did.
    batch_normalisation: Option<DeviceNormalisation<B>>,
    device: B::Device,
}

/// The prediction for one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// The index of the most probable class.
    pub class: usize,
    /// The logits of the classes.
    pub logits: Vec<f32>,
    /// The probabilities of the classes. They sum to 1.
    pub probabilities: Vec<f64>,
}

impl<B: Backend> Predictor<B> {
    /// The described network, with these weights.
    ///
    /// # Errors
    /// The reason, as a message: a description that contradicts itself.
    ///
    /// # Panics
    /// If the weights do not match the description.
    pub fn new(
        description: &Description,
        weights: Weights,
        device: &B::Device,
    ) -> Result<Self, String> {
        let stages = description.stages()?;
        let shapes = state_shapes(&stages);
        assert_eq!(shapes.len(), weights.len(), "weights are of this network");
        let state = state_tensors(weights, &shapes, device);
        let features = description.input.features;
        let normalisation = description.input.normalisation()?;
        let (on_upload, on_batches) = match normalisation {
            Some(of_run) if description.input.uses_run_statistics() => (None, Some(of_run)),
            constant => (constant, None),
        };
        let on_batches =
            on_batches.map(|of_run| DeviceNormalisation::new(&[&of_run], features, device));
        Ok(Self {
            network: Network::from_states(vec![stages], vec![state]),
            features,
            classes: description.classes.len(),
            upload_normalisation: on_upload,
            batch_normalisation: on_batches,
            device: device.clone(),
        })
    }

    /// The prediction for each sample. Samples are `[samples, features]`; images have their channels last.
    ///
    /// # Panics
    /// If the values are not a whole number of samples.
    pub fn predict(&mut self, samples: Values) -> Vec<Prediction> {
        assert!(
            samples.len().is_multiple_of(self.features),
            "the values are a whole number of samples"
        );
        let count = samples.len() / self.features;
        let samples = DeviceSamples::<B>::unlabeled(
            samples,
            self.features,
            self.upload_normalisation.as_ref(),
            &self.device,
        );
        // In batches of the same size as in the test of the run's model.
        let batch_size = eval_batch_size(self.network.stages());
        let mut predictions = Vec::with_capacity(count);
        for start in (0..count).step_by(batch_size) {
            let [input, _] = samples.range(start..(start + batch_size).min(count));
            let mut input = input.unsqueeze::<3>();
            if let Some(normalisation) = &self.batch_normalisation {
                input = normalisation.apply(input);
            }
            let logits = values(self.network.predict(input));
            predictions.extend(
                logits
                    .chunks_exact(self.classes)
                    .map(Prediction::from_logits),
            );
        }
        predictions
    }
}

impl Prediction {
    /// The prediction with these logits.
    fn from_logits(logits: &[f32]) -> Self {
        let mut class = 0;
        for (position, logit) in logits.iter().enumerate() {
            // The first of equal logits, as in the test of the run's model.
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
    fn the_predicted_class_is_the_first_of_equal_maxima() {
        let prediction = Prediction::from_logits(&[1.0, 3.0, 3.0]);
        assert_eq!(prediction.class, 1);
        let sum: f64 = prediction.probabilities.iter().sum();
        assert!((sum - 1.0).abs() < 1e-12);
        assert_eq!(prediction.probabilities[1], prediction.probabilities[2]);
        // exp(-2) / (exp(-2) + 2)
        assert!((prediction.probabilities[0] - 0.063_378_94).abs() < 1e-7);
        let extreme = Prediction::from_logits(&[1e30, -1e30]);
        assert_eq!(extreme.probabilities, [1.0, 0.0]);
    }
}
