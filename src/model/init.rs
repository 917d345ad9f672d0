//! Initial weights and biases: random numbers of a keyed stream, transformed as in `torch.nn.init`.

use crate::random::{Purpose, Seed, Stream};
use crate::spec::{BiasInit, Config, FanMode, Init};
use crate::stages::{Activation, Initial, Parameter};

/// The distribution of the random numbers that an initialisation uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Distribution {
    /// No random numbers.
    None,
    /// Uniform in [0, 1).
    Uniform,
    /// Standard normal.
    Normal,
}

/// The shape of a dense or convolution layer, for its initialisation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fans {
    /// Rows of the weight matrix: the inputs of one unit (fan-in).
    pub(super) inputs: usize,
    /// Columns of the weight matrix.
    pub(super) outputs: usize,
    /// The number of outputs that one input affects: `outputs`, for a convolution times the kernel's area.
    pub(super) fan_out: usize,
}

impl Fans {
    /// The shape of a layer with this weight; `None` for other parameters.
    pub(super) fn of(parameter: &Parameter) -> Option<Self> {
        let Initial::Weights { fan_out } = parameter.initial else {
            return None;
        };
        let [inputs, outputs] = parameter.form.matrix();
        Some(Self {
            inputs,
            outputs,
            fan_out,
        })
    }
}

/// The weights `[inputs, outputs]` of the layer with index `layer` of one member.
///
/// Members of equal seed, repeat and fold start from equal random numbers, unless their trial has
/// `model.same_init: false`: then its configuration is part of the streams' keys.
pub(super) fn weights(config: &Config, seed: Seed, layer: usize, fans: Fans) -> Vec<f32> {
    let init = &config.model.init;
    let mut stream = seed.stream(Purpose::InitialWeights, [layer as u32, stream_id(config)]);
    let noise = noise(init, &mut stream, fans.inputs * fans.outputs);
    transformed(init, config.model.activation, fans, noise)
}

/// The biases `[outputs]` of that layer.
pub(super) fn biases(config: &Config, seed: Seed, layer: usize, fans: Fans) -> Vec<f32> {
    let init = bias_as_weight(&config.model.bias_init);
    let mut stream = seed.stream(Purpose::InitialBiases, [layer as u32, stream_id(config)]);
    let noise = noise(&init, &mut stream, fans.outputs);
    transformed(&init, config.model.activation, fans, noise)
}

/// The random numbers that an initialisation uses.
fn noise(init: &Init, stream: &mut Stream, count: usize) -> Vec<f32> {
    let mut values = vec![0.0; count];
    match distribution_of(init) {
        Distribution::None => {}
        Distribution::Uniform => stream.fill_uniform(&mut values),
        Distribution::Normal => stream.fill_normal(&mut values),
    }
    values
}

/// 0 if trials start from the same random numbers, otherwise a hash of the trial's configuration.
fn stream_id(config: &Config) -> u32 {
    if config.model.same_init {
        return 0;
    }
    let mut shown = config.canonical().to_value();
    if let Some(sections) = shown.as_object_mut() {
        // Seeds and folds are part of the streams' keys already, and the location of the data has no influence.
        sections.remove("validation");
        sections.remove("data");
    }
    let hash = blake3::hash(shown.to_string().as_bytes());
    let [a, b, c, d, ..] = *hash.as_bytes();
    u32::from_le_bytes([a, b, c, d])
}

fn bias_as_weight(init: &BiasInit) -> Init {
    match init.clone() {
        BiasInit::Default {} => Init::Default {},
        BiasInit::Zeros {} => Init::Zeros {},
        BiasInit::Constant { value } => Init::Constant { value },
        BiasInit::Normal { std } => Init::Normal { std },
        BiasInit::Uniform { bound } => Init::Uniform { bound },
    }
}

fn distribution_of(init: &Init) -> Distribution {
    match init {
        Init::Zeros {} | Init::Constant { .. } => Distribution::None,
        Init::Default {}
        | Init::Uniform { .. }
        | Init::XavierUniform { .. }
        | Init::KaimingUniform { .. } => Distribution::Uniform,
        Init::Normal { .. }
        | Init::XavierNormal { .. }
        | Init::KaimingNormal { .. }
        | Init::Orthogonal {} => Distribution::Normal,
    }
}

/// The initial values made from `noise`, `[inputs, outputs]`.
fn transformed(init: &Init, activation: Activation, fans: Fans, noise: Vec<f32>) -> Vec<f32> {
    let fan = |mode: FanMode| match mode {
        FanMode::FanIn => fans.inputs as f64,
        FanMode::FanOut => fans.fan_out as f64,
    };
    let glorot = |gain: f64| gain * (2.0 / (fan(FanMode::FanIn) + fan(FanMode::FanOut))).sqrt();
    let within = |bound: f64| to_symmetric(noise.clone(), bound);
    let normal = |deviation: f64| scaled(noise.clone(), deviation);
    match init {
        Init::Default {} => within(1.0 / fan(FanMode::FanIn).sqrt()),
        Init::Zeros {} => noise,
        Init::Constant { value } => vec![value.get() as f32; noise.len()],
        Init::Normal { std } => normal(std.get()),
        Init::Uniform { bound } => within(bound.get()),
        Init::XavierNormal { gain } => normal(glorot(gain.get())),
        Init::XavierUniform { gain } => within(3.0_f64.sqrt() * glorot(gain.get())),
        Init::KaimingNormal { mode } => normal(activation.gain() / fan(*mode).sqrt()),
        Init::KaimingUniform { mode } => {
            within(3.0_f64.sqrt() * activation.gain() / fan(*mode).sqrt())
        }
        Init::Orthogonal {} => orthogonal(fans.inputs, fans.outputs, &noise),
    }
}

/// Maps random numbers in [0, 1) to ±`bound`.
fn to_symmetric(mut noise: Vec<f32>, bound: f64) -> Vec<f32> {
    for value in &mut noise {
        *value = (2.0 * *value - 1.0) * bound as f32;
    }
    noise
}

fn scaled(mut noise: Vec<f32>, deviation: f64) -> Vec<f32> {
    for value in &mut noise {
        *value *= deviation as f32;
    }
    noise
}

/// Orthonormalises the rows or the columns of a random matrix, whichever are fewer, in their order
/// (Gram and Schmidt; Saxe et al. 2014).
fn orthogonal(inputs: usize, outputs: usize, noise: &[f32]) -> Vec<f32> {
    let by_rows = inputs <= outputs;
    let (count, length) = if by_rows {
        (inputs, outputs)
    } else {
        (outputs, inputs)
    };
    let position = |vector: usize, element: usize| {
        if by_rows {
            vector * outputs + element
        } else {
            element * outputs + vector
        }
    };
    let mut vectors: Vec<Vec<f64>> = Vec::with_capacity(count);
    for vector in 0..count {
        let mut current: Vec<f64> = (0..length)
            .map(|element| f64::from(noise[position(vector, element)]))
            .collect();
        // If most of a vector is removed, rounding leaves components of the others. Then repeat
        // (Daniel et al. 1976).
        let mut norm = dot(&current, &current).sqrt();
        loop {
            for other in &vectors {
                let along = dot(&current, other);
                for (value, direction) in current.iter_mut().zip(other) {
                    *value -= along * direction;
                }
            }
            let remaining = dot(&current, &current).sqrt();
            let enough = remaining >= 0.5 * norm;
            norm = remaining;
            if enough {
                break;
            }
        }
        current.iter_mut().for_each(|value| *value /= norm);
        vectors.push(current);
    }
    let mut values = vec![0.0; noise.len()];
    for (index, vector) in vectors.iter().enumerate() {
        for (element, value) in vector.iter().enumerate() {
            values[position(index, element)] = *value as f32;
        }
    }
    values
}

/// The inner product, as eight partial sums that a processor adds in parallel.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a
        .remainder()
        .iter()
        .zip(b.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (a, b) in a.zip(b) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pytorch;
    use crate::spec::{Key, YamlNode};
    use serde_json::Value;

    /// Reads one setting of a case.
    fn set(config: &mut Config, path: &str, value: &Value) {
        let node = YamlNode::parse(&value.to_string()).unwrap();
        Key::find(path).unwrap().read(&node).unwrap().apply(config);
    }

    #[test]
    fn every_initialisation_makes_of_noise_what_pytorch_makes() {
        let file = pytorch::file(include_str!("../../judges/pytorch/inits.json"));
        let cases = file["cases"].as_array().unwrap();
        for case in cases.iter().chain(file["biases"].as_array().unwrap()) {
            let mut config = Config::default();
            let init = match case.get("bias_init") {
                Some(value) => {
                    set(&mut config, "model.bias_init", value);
                    bias_as_weight(&config.model.bias_init)
                }
                None => {
                    set(&mut config, "model.init", &case["init"]);
                    set(&mut config, "model.activation", &case["activation"]);
                    config.model.init.clone()
                }
            };
            let number = |name: &str| case[name].as_u64().unwrap() as usize;
            let area = case["kernel_size"].as_u64().map_or(1, |size| size * size) as usize;
            let fans = Fans {
                inputs: number("inputs") * area,
                outputs: number("outputs"),
                fan_out: number("outputs") * area,
            };
            let expected = pytorch::tensor(&case["expected"]);
            let noise = match case["noise_kind"].as_str() {
                None => vec![0.0; expected.len()],
                Some(kind) => {
                    let ours = match distribution_of(&init) {
                        Distribution::Uniform => "uniform",
                        Distribution::Normal => "normal",
                        Distribution::None => "none",
                    };
                    assert_eq!(kind, ours, "{}", case["name"]);
                    pytorch::tensor(&case["noise"])
                }
            };
            let values = transformed(&init, config.model.activation, fans, noise);
            pytorch::assert_close(&values, &expected, &case["name"].to_string());
        }
    }

    #[test]
    fn gains_are_those_of_pytorch() {
        let file = pytorch::file(include_str!("../../judges/pytorch/inits.json"));
        let gains = file["gains"].as_object().unwrap();
        assert!(gains.len() >= 6);
        for (name, expected) in gains {
            let mut config = Config::default();
            set(&mut config, "model.activation", &Value::from(name.clone()));
            let ours = config.model.activation.gain();
            let expected = expected.as_f64().unwrap();
            assert!(
                (ours - expected).abs() < 1e-12,
                "{name}: {ours}, {expected}"
            );
        }
    }

    #[test]
    fn only_trials_with_noise_of_their_own_differ() {
        let seed = Seed {
            sweep: 0,
            repeat: 0,
            fold: 0,
        };
        let fans = Fans {
            inputs: 4,
            outputs: 3,
            fan_out: 3,
        };
        let mut config = Config::default();
        let mut other = config.clone();
        other.training.learning_rate = crate::spec::Positive::new(0.9).unwrap();
        let layer = |config: &Config| {
            [
                weights(config, seed, 0, fans),
                biases(config, seed, 0, fans),
            ]
        };
        assert_eq!(layer(&config), layer(&other));
        config.model.same_init = false;
        other.model.same_init = false;
        assert_ne!(layer(&config), layer(&other));
        assert_eq!(layer(&config), layer(&config));
    }
}
