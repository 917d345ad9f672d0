//! The values of scores.

use super::samples::EvaluatedSamples;
use super::score::Score;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use smallvec::SmallVec;
use std::fmt;

/// The values of the scores that were measured, in the order of [`Score`].
///
/// In JSON, an object with a key for each score. Scores of that object that are unknown, because a later
/// version has written them, are ignored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scores(SmallVec<[(Score, f64); 2]>);

impl Scores {
    /// Computes these scores. One that is undefined for the samples has no value.
    pub fn compute(samples: &EvaluatedSamples, scores: impl Iterator<Item = Score>) -> Self {
        scores
            .filter_map(|score| Some((score, (score.compute)(samples)?)))
            .collect()
    }

    /// The scores [`Score::EVERY_EPOCH`].
    pub fn loss_and_accuracy(loss: f64, accuracy: f64) -> Self {
        Self::from([(Score::LOSS, loss), (Score::ACCURACY, accuracy)])
    }

    /// The value of a score, if it was measured.
    pub fn get(&self, score: Score) -> Option<f64> {
        let found = self.0.iter().find(|(measured, _)| *measured == score);
        found.map(|(_, value)| *value)
    }

    /// The mean cross-entropy, if it was measured.
    pub fn loss(&self) -> Option<f64> {
        self.get(Score::LOSS)
    }

    /// The share of correctly classified samples, if it was measured.
    pub fn accuracy(&self) -> Option<f64> {
        self.get(Score::ACCURACY)
    }

    /// Adds the value of a score, or replaces it.
    pub fn insert(&mut self, score: Score, value: f64) {
        let position = self.0.iter().position(|(measured, _)| *measured >= score);
        match position {
            Some(position) if self.0[position].0 == score => self.0[position].1 = value,
            Some(position) => self.0.insert(position, (score, value)),
            None => self.0.push((score, value)),
        }
    }

    /// The scores with their values.
    pub fn iter(&self) -> impl Iterator<Item = (Score, f64)> {
        self.0.iter().copied()
    }

    /// Whether the scores that both have are the same numbers. Results of an earlier version may lack some.
    pub fn agrees_with(&self, other: &Self) -> bool {
        self.iter().all(|(score, value)| {
            let other = other.get(score);
            other.is_none_or(|other| other.to_bits() == value.to_bits())
        })
    }

    /// Whether nothing was measured.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Score, f64)> for Scores {
    fn from_iter<T: IntoIterator<Item = (Score, f64)>>(values: T) -> Self {
        let mut scores = Self::default();
        for (score, value) in values {
            scores.insert(score, value);
        }
        scores
    }
}

impl<const N: usize> From<[(Score, f64); N]> for Scores {
    fn from(values: [(Score, f64); N]) -> Self {
        values.into_iter().collect()
    }
}

impl Serialize for Scores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (score, value) in self.iter() {
            map.serialize_entry(score.id, &value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Scores {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ScoresVisitor)
    }
}

struct ScoresVisitor;

impl<'de> Visitor<'de> for ScoresVisitor {
    type Value = Scores;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object of scores")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scores, A::Error> {
        let mut scores = Scores::default();
        while let Some(Key(score)) = map.next_key()? {
            let Some(score) = score else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if let Some(value) = map.next_value()? {
                scores.insert(score, value);
            }
        }
        Ok(scores)
    }
}

/// A key of the object; `None` if it is no score.
struct Key(Option<Score>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl Visitor<'_> for KeyVisitor {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("the name of a score")
            }

            fn visit_str<E>(self, text: &str) -> Result<Key, E> {
                Ok(Key(Score::named(text)))
            }
        }

        deserializer.deserialize_identifier(KeyVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_an_object_whose_unknown_and_missing_values_are_ignored() {
        let scores = Scores::from([(Score::MACRO_F1, 0.5), (Score::ACCURACY, 1.0 / 3.0)]);
        let text = serde_json::to_string(&scores).unwrap();
        assert_eq!(text, r#"{"accuracy":0.3333333333333333,"macro_f1":0.5}"#);
        assert_eq!(serde_json::from_str::<Scores>(&text).unwrap(), scores);
        let other = r#"{"new_one":[1,{"a":2}],"loss":null,"accuracy":0.25}"#;
        let read: Scores = serde_json::from_str(other).unwrap();
        assert_eq!(read, Scores::from([(Score::ACCURACY, 0.25)]));
        assert!(serde_json::from_str::<Scores>(r#"{"loss":"low"}"#).is_err());
    }
}
