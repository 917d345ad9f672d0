//! Metrics and layer values of an epoch.

use super::scores::{Part, PartScore, Score, Scores};
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;

/// The metrics of one epoch of a run.
///
/// In JSON, the scores are keys of the same object as the other fields, such as `train_loss`.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochMetrics {
    /// The epoch, counted from 1.
    pub epoch: usize,
    /// The scores [`Score::EVERY_EPOCH`] over the batches of the epoch, computed with dropout before each
    /// step.
    pub training: Scores,
    /// The scores [`Score::EVERY_EPOCH`] on the validation samples after the epoch, and the one that
    /// training monitors; none without validation.
    pub validation: Scores,
    /// The learning rate of the first step of the epoch.
    pub learning_rate: f64,
    /// The norm of the gradient of the weights of each layer in the last step of the epoch; the layer
    /// nearest to the input first.
    pub gradient_norms: Vec<f64>,
    /// Time of the training steps of the epoch in seconds, without validation: the time of the cohort
    /// divided by the number of members in training.
    pub seconds: f64,
}

impl EpochMetrics {
    /// A score, if it was measured.
    pub fn score(&self, PartScore { part, score }: PartScore) -> Option<f64> {
        match part {
            Part::Training => self.training.get(score),
            Part::Validation => self.validation.get(score),
            Part::Test => None,
        }
    }

    /// All scores that were measured: those of training, then those of validation, both with
    /// [`Score::EVERY_EPOCH`] first.
    pub fn scores(&self) -> impl Iterator<Item = (PartScore, f64)> {
        let parts = [
            (Part::Training, &self.training),
            (Part::Validation, &self.validation),
        ];
        parts.into_iter().flat_map(|(part, scores)| {
            let first = Score::EVERY_EPOCH.into_iter();
            let others = scores.iter().map(|(score, _)| score);
            let others = others.filter(|score| !Score::EVERY_EPOCH.contains(score));
            first
                .chain(others)
                .filter_map(move |score| Some((part.score(score), scores.get(score)?)))
        })
    }
}

impl Serialize for EpochMetrics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("epoch", &self.epoch)?;
        for (score, value) in self.scores() {
            map.serialize_entry(&score.id(), &value)?;
        }
        map.serialize_entry("learning_rate", &self.learning_rate)?;
        map.serialize_entry("gradient_norms", &self.gradient_norms)?;
        map.serialize_entry("seconds", &self.seconds)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for EpochMetrics {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EpochVisitor)
    }
}

struct EpochVisitor;

impl<'de> Visitor<'de> for EpochVisitor {
    type Value = EpochMetrics;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("the metrics of an epoch")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<EpochMetrics, A::Error> {
        let (mut training, mut validation) = (Scores::default(), Scores::default());
        let (mut epoch, mut learning_rate) = (None, None);
        let (mut gradient_norms, mut seconds) = (None, None);
        while let Some(key) = map.next_key()? {
            match key {
                Key::Epoch => epoch = Some(map.next_value()?),
                Key::LearningRate => learning_rate = Some(map.next_value()?),
                Key::GradientNorms => gradient_norms = Some(map.next_value()?),
                Key::Seconds => seconds = Some(map.next_value()?),
                Key::Score(PartScore { part, score }) => {
                    let scores = match part {
                        Part::Training => &mut training,
                        Part::Validation | Part::Test => &mut validation,
                    };
                    if let Some(value) = map.next_value()? {
                        scores.insert(score, value);
                    }
                }
                Key::Unknown => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(EpochMetrics {
            epoch: epoch.ok_or_else(|| A::Error::missing_field("epoch"))?,
            training,
            validation,
            learning_rate: learning_rate.ok_or_else(|| A::Error::missing_field("learning_rate"))?,
            gradient_norms: gradient_norms
                .ok_or_else(|| A::Error::missing_field("gradient_norms"))?,
            seconds: seconds.ok_or_else(|| A::Error::missing_field("seconds"))?,
        })
    }
}

/// A key of the object.
enum Key {
    Epoch,
    LearningRate,
    GradientNorms,
    Seconds,
    Score(PartScore),
    Unknown,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl Visitor<'_> for KeyVisitor {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("the name of a metric")
            }

            fn visit_str<E>(self, text: &str) -> Result<Key, E> {
                Ok(match text {
                    "epoch" => Key::Epoch,
                    "learning_rate" => Key::LearningRate,
                    "gradient_norms" => Key::GradientNorms,
                    "seconds" => Key::Seconds,
                    _ => match PartScore::named(text) {
                        Some(score) if score.part != Part::Test => Key::Score(score),
                        _ => Key::Unknown,
                    },
                })
            }
        }

        deserializer.deserialize_identifier(KeyVisitor)
    }
}

/// The weights and gradients of one layer at the end of an epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerValues {
    /// The name, such as `layer1`; layers are numbered from the input.
    pub name: String,
    /// The weights after the epoch.
    pub weights: Vec<f32>,
    /// The gradient of the loss alone with respect to these weights, in the last step of the epoch.
    pub gradients: Vec<f32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scores_are_keys_next_to_the_other_metrics() {
        let metrics = EpochMetrics {
            epoch: 2,
            training: Scores::from([(Score::LOSS, 0.5), (Score::ACCURACY, 0.75)]),
            validation: Scores::from([
                (Score::LOSS, 0.625),
                (Score::ACCURACY, 0.5),
                (Score::MACRO_F1, 0.25),
            ]),
            learning_rate: 0.1,
            gradient_norms: vec![1.0, 2.0],
            seconds: 0.5,
        };
        let text = serde_json::to_string(&metrics).unwrap();
        assert_eq!(
            text,
            r#"{"epoch":2,"train_loss":0.5,"train_accuracy":0.75,"val_loss":0.625,"val_accuracy":0.5,"#
                .to_owned()
                + r#""val_macro_f1":0.25,"learning_rate":0.1,"gradient_norms":[1.0,2.0],"seconds":0.5}"#
        );
        assert_eq!(
            serde_json::from_str::<EpochMetrics>(&text).unwrap(),
            metrics
        );
        let unvalidated = text
            .replace("0.625", "null")
            .replace("val_accuracy", "val_newer");
        let read: EpochMetrics = serde_json::from_str(&unvalidated).unwrap();
        assert_eq!(read.validation, Scores::from([(Score::MACRO_F1, 0.25)]));
        assert!(serde_json::from_str::<EpochMetrics>(&text.replace("epoch", "epic")).is_err());
    }
}
