//! Limits that a chosen trial has to satisfy, such as `parameters: <= 60000`.

use super::limit_metric::LimitMetric;
use crate::yaml::diagnostic::{Diagnostic, nearest};
use crate::yaml::node::{YamlEntry, YamlNode, YamlValue};
use serde_json::{Value, json};

/// The direction of a limit, and whether the number itself satisfies it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// The comparisons with their signs in a sweep file. A sign comes before its own beginning.
const COMPARISONS: [(&str, Comparison); 4] = [
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

/// A limit on a metric of the chosen trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// The limited metric.
    pub metric: LimitMetric,
    /// The comparison.
    pub comparison: Comparison,
    /// The number, in parameters, seconds or bytes, or as a share from 0 to 1.
    pub bound: f64,
    /// The number as in the sweep file.
    pub number: String,
    /// The unit as in the sweep file; empty if there is none.
    pub unit: &'static str,
}

/// The maximum number of limits on one metric: from below and from above.
const MAX_LIMITS: usize = 2;

impl Comparison {
    /// The sign in a sweep file.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether it limits from above.
    pub fn is_upper(self) -> bool {
        matches!(self, Self::Less | Self::AtMost)
    }

    /// Whether `value` compares in this way with `bound`.
    fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::Less => value < bound,
            Self::AtMost => value <= bound,
            Self::Greater => value > bound,
            Self::AtLeast => value >= bound,
        }
    }
}

impl Limit {
    /// Whether a value of the metric satisfies the limit; NaN never does.
    pub fn is_satisfied_by(&self, value: f64) -> bool {
        self.comparison.holds(value, self.bound)
    }

    /// The limit as in a sweep file, without the metric.
    fn to_text(&self) -> String {
        let sign = self.comparison.sign();
        let text = format!("{sign} {} {}", self.number, self.unit);
        text.trim_end().to_owned()
    }

    /// Reads the limits of the mapping `where`.
    ///
    /// # Errors
    /// A metric is unknown, a limit is not valid, or no trial can satisfy all of them.
    pub(crate) fn read_all(node: &YamlNode) -> Result<Vec<Self>, Diagnostic> {
        let what = "limits, each a metric with a limit, such as `parameters: <= 60000`";
        let entries = node.entries(what)?;
        if entries.is_empty() {
            return Err(node
                .unexpected("at least one limit")
                .with_help("write, for example, `where: { parameters: <= 60000 }`"));
        }
        let mut limits = Vec::new();
        for entry in entries {
            let metric = read_metric(entry)?;
            match &entry.node.value {
                YamlValue::List(items) if (1..=MAX_LIMITS).contains(&items.len()) => {
                    let read = items.iter().map(|item| Self::read(metric, item));
                    let read = read.collect::<Result<Vec<_>, _>>()?;
                    if let [one, other] = &read[..] {
                        check_pair(&entry.node, one, other)?;
                    }
                    limits.extend(read);
                }
                YamlValue::List(_) => {
                    let what = "one limit, or a list of two: a lower and an upper limit";
                    return Err(entry.node.unexpected(what));
                }
                _ => limits.push(Self::read(metric, &entry.node)?),
            }
        }
        Ok(limits)
    }

    fn read(metric: LimitMetric, node: &YamlNode) -> Result<Self, Diagnostic> {
        let unexpected = || node.unexpected(&metric.expected());
        let text = match &node.value {
            YamlValue::String(text) => text.trim(),
            YamlValue::Integer(_) | YamlValue::Float(_) => {
                let (sign, _) = metric.example().split_once(' ').unwrap_or_default();
                let number = node.literal_text().unwrap_or_default();
                return Err(unexpected().with_help(format!("did you mean `{sign} {number}`?")));
            }
            _ => return Err(unexpected()),
        };
        let Some((comparison, rest)) = COMPARISONS
            .iter()
            .find_map(|(sign, comparison)| Some((*comparison, text.strip_prefix(sign)?.trim())))
        else {
            return Err(unexpected().with_help(
                "begin with <=, <, >= or >; write a limit that begins with > in quotes, because > \
                 has another meaning in YAML",
            ));
        };
        let is_number = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
        let (number, unit) = rest.split_at(rest.find(|c| !is_number(c)).unwrap_or(rest.len()));
        let unit = unit.trim();
        let Ok(value) = number.parse::<f64>() else {
            let name = rest.trim_start_matches(['+', '-', '.']).to_lowercase();
            return Err(match name.as_str() {
                "inf" | "infinity" | "nan" => unexpected().with_help("the number must be finite"),
                _ => unexpected(),
            });
        };
        if !value.is_finite() {
            return Err(unexpected().with_help("the number must be finite"));
        }
        if value < 0.0 && metric.range()[0] >= 0.0 {
            return Err(unexpected().with_help("the number must be at least 0"));
        }
        let (unit, size) = read_unit(metric, number, unit).map_err(|help| {
            let diagnostic = unexpected();
            diagnostic.with_help(help)
        })?;
        let limit = Self {
            metric,
            comparison,
            bound: value * size,
            number: number.to_owned(),
            unit,
        };
        limit.check(node)?;
        Ok(limit)
    }

    /// Refuses a limit that no trial can satisfy, or that is no share although it should be.
    fn check(&self, node: &YamlNode) -> Result<(), Diagnostic> {
        if self.metric.is_share() && self.bound > 1.0 {
            let diagnostic = node.unexpected(&self.metric.expected());
            let percent = self.unit.is_empty() && self.bound <= 100.0;
            return Err(if percent {
                let sign = self.comparison.sign();
                diagnostic.with_help(format!("did you mean `{sign} {} %`?", self.number))
            } else {
                diagnostic
            });
        }
        let [min, max] = self.metric.range();
        if self.is_satisfied_by(if self.comparison.is_upper() { min } else { max }) {
            return Ok(());
        }
        let message = format!("no trial can satisfy {} {}", self.metric, self.to_text());
        let help = format!("write, for example, `{}`", self.metric.example());
        Err(Diagnostic::new(&node.span, message).with_help(help))
    }

    /// Limits as in a sweep file.
    pub(crate) fn to_value(limits: &[Self]) -> Value {
        let mut texts = serde_json::Map::new();
        for limit in limits {
            let metric = texts
                .entry(limit.metric.name())
                .or_insert_with(|| json!([]));
            if let Value::Array(list) = metric {
                list.push(limit.to_text().into());
            }
        }
        texts.into()
    }

    /// The JSON Schema of `where`.
    pub(crate) fn schema() -> Value {
        let property = |metric: LimitMetric| {
            let limit = json!({ "type": "string", "pattern": "^ *(<=|<|>=|>)" });
            let schema = json!({
                "description": metric.expected(),
                "anyOf": [limit, {
                    "type": "array", "items": limit, "minItems": 1, "maxItems": MAX_LIMITS,
                }],
            });
            (metric.name().to_owned(), schema)
        };
        json!({
            "type": "object", "minProperties": 1, "additionalProperties": false,
            "properties": serde_json::Map::from_iter(LimitMetric::all().map(property)),
        })
    }
}

/// The metric that a key of `where` names.
fn read_metric(entry: &YamlEntry) -> Result<LimitMetric, Diagnostic> {
    let key = entry.key.as_str();
    if let Some(metric) = LimitMetric::all().find(|metric| metric.name() == key) {
        return Ok(metric);
    }
    // The names of columns and parts of names, such as `val_accuracy` and `memory`. A column of
    // `balanced_accuracy` also contains `accuracy`.
    let of_column = LimitMetric::all().filter(|metric| key.contains(metric.name()));
    let similar = of_column
        .max_by_key(|metric| metric.name().len())
        .or_else(|| LimitMetric::all().find(|metric| key.len() > 1 && metric.name().contains(key)));
    let names: Vec<&str> = LimitMetric::all().map(LimitMetric::name).collect();
    let diagnostic = entry.unknown_key(names.iter().copied());
    Err(match similar {
        Some(metric) if key.contains("test") => diagnostic.with_help(format!(
            "the test set must not affect a choice; limit `{metric}`, which is measured on the \
             validation samples"
        )),
        Some(metric) => diagnostic.with_help(format!("did you mean `{metric}`?")),
        None => diagnostic,
    })
}

/// The unit and its size, or how to correct it.
fn read_unit(metric: LimitMetric, number: &str, unit: &str) -> Result<(&'static str, f64), String> {
    let units = metric.units();
    if let Some(&(name, size)) = units.iter().find(|(name, _)| *name == unit) {
        return Ok((name, size));
    }
    match (unit, units.first()) {
        ("", Some((example, _))) if metric == LimitMetric::PeakMemory => {
            Err(format!("add a unit, such as `{number} {example}`"))
        }
        ("", _) => Ok(("", 1.0)),
        (_, None) => Err(format!("{metric} has no unit: remove `{unit}`")),
        _ => Err(match nearest(unit, units.iter().map(|(name, _)| *name)) {
            Some(name) => format!("did you mean `{number} {name}`?"),
            None => format!("unknown unit `{unit}`"),
        }),
    }
}

/// Refuses two limits on a metric that contradict each other, or of which one is redundant.
fn check_pair(node: &YamlNode, one: &Limit, other: &Limit) -> Result<(), Diagnostic> {
    let name = one.metric.name();
    let [a, b] = [one, other].map(Limit::to_text);
    if one.comparison.is_upper() == other.comparison.is_upper() {
        let message = format!("`{a}` and `{b}` limit {name} from the same side");
        return Err(Diagnostic::new(&node.span, message).with_help("remove one of them"));
    }
    let is_whole = matches!(
        one.metric,
        LimitMetric::Parameters | LimitMetric::PeakMemory
    );
    let lower = if one.comparison.is_upper() {
        other
    } else {
        one
    };
    let candidates = if is_whole {
        // The smallest whole number that satisfies the lower limit, unless the limit is a huge one.
        let is_strict = lower.comparison == Comparison::Greater;
        let least = lower.bound.floor() + 1.0;
        vec![if is_strict { least } else { lower.bound.ceil() }]
    } else {
        // Of a range without gaps, one of the ends or the middle satisfies both. A sum may overflow.
        vec![one.bound, other.bound, one.bound / 2.0 + other.bound / 2.0]
    };
    let satisfies_both = |value: &f64| one.is_satisfied_by(*value) && other.is_satisfied_by(*value);
    if candidates.iter().any(satisfies_both) {
        return Ok(());
    }
    let message = format!("no trial can satisfy both {name} {a} and {name} {b}");
    let help = match one.metric {
        LimitMetric::Parameters => "no whole number is within both limits",
        LimitMetric::PeakMemory => "no whole number of bytes is within both limits",
        _ => "the lower limit must be less than the upper limit",
    };
    Err(Diagnostic::new(&node.span, message).with_help(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<Vec<Limit>, Diagnostic> {
        Limit::read_all(&YamlNode::parse(yaml).unwrap())
    }

    /// The message and the help of a refusal.
    fn refusal(yaml: &str) -> String {
        let diagnostic = read(yaml).unwrap_err();
        format!(
            "{} / {}",
            diagnostic.message,
            diagnostic.help.unwrap_or_default()
        )
    }

    #[test]
    fn every_comparison_and_unit_is_read() {
        for (yaml, bound, below, above) in [
            ("parameters: <= 60000", 60_000.0, true, false),
            ("parameters: < 6e4", 60_000.0, true, false),
            ("{ parameters: <=60000, loss: < 9 }", 60_000.0, true, false),
            ("seconds_per_epoch: <= 0.02", 0.02, true, false),
            ("seconds_per_epoch: <= 20 ms", 0.02, true, false),
            ("seconds_per_epoch: '> 2 min'", 120.0, false, true),
            ("peak_memory: <= 2 MiB", 2_097_152.0, true, false),
            ("peak_memory: <= 2MB", 2e6, true, false),
            ("accuracy: '>= 90 %'", 0.9, false, true),
            ("macro_f1: '>= 0.9'", 0.9, false, true),
            ("loss: < 0.5", 0.5, true, false),
        ] {
            let limit = &read(yaml).unwrap()[0];
            assert!((limit.bound - bound).abs() < 1e-12, "{yaml}: {limit:?}");
            assert_eq!(limit.is_satisfied_by(bound * 0.99), below, "{yaml}");
            assert_eq!(limit.is_satisfied_by(bound * 1.01), above, "{yaml}");
            assert!(!limit.is_satisfied_by(f64::NAN), "{yaml}");
        }
        let at_bound = |yaml: &str| read(yaml).unwrap()[0].is_satisfied_by(8.0);
        assert!(at_bound("parameters: <= 8") && at_bound("parameters: '>= 8'"));
        assert!(!at_bound("parameters: < 8") && !at_bound("parameters: '> 8'"));
    }

    #[test]
    fn limits_are_read_as_they_are_written() {
        let limits = read("{ parameters: ['>= 8', <= 16], peak_memory: < 0.5 GiB }").unwrap();
        assert_eq!(limits.len(), 3);
        let written = Limit::to_value(&limits).to_string();
        assert_eq!(read(&written).unwrap(), limits);
    }

    #[test]
    fn a_mistake_is_refused_with_a_correction() {
        for (yaml, correction) in [
            ("paramters: <= 8", "did you mean `parameters`?"),
            ("seconds: <= 8", "did you mean `seconds_per_epoch`?"),
            ("mean_val_loss: <= 8", "did you mean `loss`?"),
            (
                "test_accuracy: '>= 0.9'",
                "the test set must not affect a choice",
            ),
            ("depth: <= 8", "known keys: parameters, "),
            ("parameters: 60000", "did you mean `<= 60000`?"),
            ("accuracy: 0.9", "did you mean `>= 0.9`?"),
            ("parameters: '60000'", "begin with <=, <, >= or >"),
            ("parameters: = 60000", "begin with <=, <, >= or >"),
            ("parameters: <= many", "expected a limit such as `<= 60000`"),
            ("parameters: <=", "expected a limit such as `<= 60000`"),
            ("parameters: <= -5", "at least 0"),
            ("parameters: <= 1e999", "finite"),
            ("parameters: <= .inf", "finite"),
            ("loss: <= nan", "finite"),
            ("parameters: <= 5 MiB", "has no unit: remove `MiB`"),
            ("peak_memory: <= 5", "add a unit, such as `5 MiB`"),
            ("peak_memory: <= 5 mib", "did you mean `5 MiB`?"),
            ("peak_memory: <= 5 parsecs", "unknown unit `parsecs`"),
            ("seconds_per_epoch: <= 5 MiB", "did you mean `5 min`?"),
            ("accuracy: '>= 92'", "did you mean `>= 92 %`?"),
            ("accuracy: '>= 920'", "a number from 0 to 1"),
            ("accuracy: '> 1'", "no trial can satisfy accuracy > 1"),
            ("parameters: <= 0", "no trial can satisfy parameters <= 0"),
            ("loss: < 0", "no trial can satisfy loss < 0"),
            ("parameters: ['>= 9', <= 8]", "no trial can satisfy both"),
            ("parameters: ['> 8', <= 8]", "no trial can satisfy both"),
            ("parameters: ['> 5', < 6]", "no whole number is within"),
            (
                "parameters: ['>= 5.2', <= 5.8]",
                "no whole number is within",
            ),
            ("peak_memory: ['> 5 B', < 6 B]", "no whole number of bytes"),
            ("loss: ['> 0.5', < 0.5]", "the lower limit must be less"),
            ("parameters: [<= 9, <= 8]", "from the same side"),
            ("parameters: []", "one limit, or a list of two"),
            ("parameters: null", "expected a limit"),
            ("{}", "at least one limit"),
            ("[parameters]", "expected limits"),
        ] {
            let refusal = refusal(yaml);
            assert!(refusal.contains(correction), "{yaml}: {refusal}");
        }
        for possible in [
            "{ loss: <= 0, parameters: ['>= 8', <= 8] }",
            "parameters: ['> 5', <= 6]",
            "parameters: ['>= 4.5', <= 5]",
            "peak_memory: ['> 1 kB', < 1002 B]",
            "loss: ['> 0.5', < 0.6]",
            // The sum of both is infinite.
            "seconds_per_epoch: ['> 1e308', < 1.5e308]",
        ] {
            assert!(read(possible).is_ok(), "{possible}");
        }
    }
}
