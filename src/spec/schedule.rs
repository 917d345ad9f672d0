//! Learning-rate schedules as a sweep file writes them.

use super::node::{Node, Yaml};
use super::number::{Count, NonNegative, Positive};
use super::problem::{Problem, nearest};
use super::setting::{Setting, choice};
use serde_json::{Value, json};

/// How the learning rate changes over the schedule's units (epochs or steps).
///
/// Each is the closed form of the PyTorch scheduler of the same name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Schedule {
    /// The same learning rate throughout.
    Constant,
    /// Multiplied by `gamma` after `every` units (`StepLR`).
    Step {
        /// Units between two changes.
        every: Count,
        /// The factor of one change.
        gamma: Positive,
    },
    /// Multiplied by `gamma` after each unit (`ExponentialLR`).
    Exponential {
        /// The factor of one unit.
        gamma: Positive,
    },
    /// Half a cosine from the learning rate down to `minimum` (`CosineAnnealingLR`).
    Cosine {
        /// The learning rate at the end.
        minimum: NonNegative,
    },
}

/// The names, in the order of the variants.
const NAMES: [&str; 4] = ["constant", "step", "exponential", "cosine"];

impl Schedule {
    fn named(name: &str, node: &Node) -> Result<Self, Problem> {
        let field = |key: &str| node.get(key);
        let gamma = || field("gamma").map_or(Ok(Positive::constant(0.1)), Positive::read);
        let known: &[&str] = match name {
            "step" => &["every", "gamma"],
            "exponential" => &["gamma"],
            "cosine" => &["minimum"],
            _ => &[],
        };
        if let Yaml::Map(entries) = &node.value
            && let Some(entry) = entries.iter().find(|e| !known.contains(&e.key.as_str()))
        {
            return Err(entry.unknown(known.iter().copied()));
        }
        match name {
            "constant" => Ok(Self::Constant),
            "step" => Ok(Self::Step {
                every: match field("every") {
                    Some(every) => Count::read(every)?,
                    None => {
                        return Err(Problem::new(&node.place, "`step` needs `every`")
                            .help("write { step: { every: 10, gamma: 0.1 } }"));
                    }
                },
                gamma: gamma()?,
            }),
            "exponential" => match field("gamma") {
                Some(gamma) => Ok(Self::Exponential {
                    gamma: Positive::read(gamma)?,
                }),
                None => Err(Problem::new(&node.place, "`exponential` needs `gamma`")
                    .help("write { exponential: { gamma: 0.9 } }")),
            },
            "cosine" => Ok(Self::Cosine {
                minimum: field("minimum")
                    .map_or(Ok(NonNegative::constant(0.0)), NonNegative::read)?,
            }),
            _ => {
                let problem = Problem::new(&node.place, format!("unknown schedule `{name}`"));
                Err(problem.help(match nearest(name, NAMES) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known: {}", NAMES.join(", ")),
                }))
            }
        }
    }
}

impl Setting for Schedule {
    fn expects() -> String {
        "a schedule: constant, cosine, { step: { every: 10, gamma: 0.1 } } or \
         { exponential: { gamma: 0.9 } }"
            .to_owned()
    }
    fn read(node: &Node) -> Result<Self, Problem> {
        match &node.value {
            Yaml::Text(name) => Self::named(name, node),
            Yaml::Map(entries) if entries.len() == 1 => {
                let entry = &entries[0];
                if !NAMES.contains(&entry.key.as_str()) {
                    return Err(entry.unknown(NAMES));
                }
                match &entry.node.value {
                    Yaml::Map(_) | Yaml::Null => Self::named(&entry.key, &entry.node),
                    _ => Err(entry
                        .node
                        .unexpected(&format!("the settings of `{}`", entry.key))),
                }
            }
            _ => Err(node.unexpected(&Self::expects())),
        }
    }
    fn show(&self) -> Value {
        match self {
            Self::Constant => json!("constant"),
            Self::Step { every, gamma } => {
                json!({ "step": { "every": every.show(), "gamma": gamma.show() } })
            }
            Self::Exponential { gamma } => json!({ "exponential": { "gamma": gamma.show() } }),
            Self::Cosine { minimum } if minimum.get() == 0.0 => json!("cosine"),
            Self::Cosine { minimum } => json!({ "cosine": { "minimum": minimum.show() } }),
        }
    }
    fn schema() -> Value {
        let settings = |properties: Value, required: Value| {
            json!({ "type": "object", "properties": properties, "required": required,
                    "additionalProperties": false })
        };
        let step = settings(
            json!({ "every": Count::schema(), "gamma": Positive::schema() }),
            json!(["every"]),
        );
        let exponential = settings(json!({ "gamma": Positive::schema() }), json!(["gamma"]));
        let cosine = settings(json!({ "minimum": NonNegative::schema() }), json!([]));
        json!({ "anyOf": [
            { "enum": ["constant", "cosine"] },
            settings(
                json!({ "step": step, "exponential": exponential, "cosine": cosine }),
                json!([]),
            ),
        ] })
    }
}

choice! {
    /// What a schedule and its warm-up count.
    pub enum ScheduleUnit {
        /// Epochs: the learning rate is constant within an epoch.
        Epoch = "epoch",
        /// Optimizer steps.
        Step = "step",
    }
}
