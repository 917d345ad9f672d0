//! A member trained in plain loops and double precision.

use step_kernels::{Activation, Layer, Model, Rule, Step};

fn activated(function: Activation, x: f64) -> f64 {
    let sigmoid = 1.0 / (1.0 + (-x).exp());
    match function {
        Activation::Identity => x,
        Activation::Relu => x.max(0.0),
        Activation::Tanh => x.tanh(),
        Activation::Sigmoid => sigmoid,
        Activation::LeakyRelu => x.max(0.01 * x),
        Activation::Elu => {
            if x > 0.0 {
                x
            } else {
                x.exp_m1()
            }
        }
        Activation::Selu => {
            1.050_700_987_355_480_5
                * if x > 0.0 {
                    x
                } else {
                    1.673_263_242_354_377_2 * x.exp_m1()
                }
        }
        Activation::Gelu => 0.5 * x * (1.0 + libm::erf(x * std::f64::consts::FRAC_1_SQRT_2)),
        Activation::Silu => x * sigmoid,
        Activation::Softplus => x.exp().ln_1p(),
    }
}

/// The dropped units of `backend/noise.rs`, written independently.
fn dropped(key: [u32; 2], row: u32, column: u32, rate: f32) -> bool {
    let squared = |n: u32| n.wrapping_mul(n.wrapping_add(n).wrapping_add(1));
    let mixed = |mut n: u32| {
        for _ in 0..2 {
            n = squared(n).rotate_left(16).wrapping_add(0x9e37_79b9);
        }
        squared(n)
    };
    let of_row = mixed(row.wrapping_mul(0x85eb_ca77).wrapping_add(key[0])).wrapping_add(key[1]);
    let bits = mixed(column.wrapping_mul(0xc2b2_ae3d).wrapping_add(of_row));
    f64::from(bits) < f64::from(rate) * 2.0_f64.powi(32)
}

/// The step of one number; `lists` is the state of its optimizer.
fn stepped(rule: Rule, step: Step, weight: f64, gradient: f64, lists: &mut [f64]) -> f64 {
    let [rate, share, square_factor] =
        [step.learning_rate, step.gradient_factor, step.square_factor].map(f64::from);
    let [momentum, square_decay, epsilon] =
        [step.momentum, step.square_decay, step.epsilon].map(f64::from);
    let [correction, square_correction] = [step.correction, step.square_correction].map(f64::from);
    let sign = if weight == 0.0 { 0.0 } else { weight.signum() };
    let clip = f64::from(step.clip);
    let g = (gradient + f64::from(step.l1) * sign).clamp(-clip, clip)
        + f64::from(step.weight_decay) * weight;
    let direction = match rule {
        Rule::Descent => g,
        Rule::Momentum | Rule::Nesterov => {
            lists[0] = momentum * lists[0] + share * g;
            if rule == Rule::Momentum {
                lists[0]
            } else {
                g + momentum * lists[0]
            }
        }
        Rule::Adam | Rule::NAdam => {
            lists[0] = momentum * lists[0] + share * g;
            lists[1] = square_decay * lists[1] + square_factor * g * g;
            let plain = if rule == Rule::NAdam {
                f64::from(step.nadam_gradient_factor) * g
            } else {
                0.0
            };
            (plain + correction * lists[0]) / (lists[1].sqrt() * square_correction + epsilon)
        }
        Rule::RmsProp | Rule::CenteredRmsProp => {
            lists[0] = square_decay * lists[0] + square_factor * g * g;
            if rule == Rule::CenteredRmsProp {
                lists[1] = square_decay * lists[1] + square_factor * g;
            }
            let d = g / ((lists[0] - lists[1] * lists[1]).sqrt() + epsilon);
            lists[2] = momentum * lists[2] + d;
            lists[2]
        }
        Rule::Adagrad => {
            lists[0] += g * g;
            correction * g / (lists[0].sqrt() + epsilon)
        }
    };
    f64::from(step.weight_factor) * weight - rate * direction
}

/// A member in plain loops.
pub struct Plain {
    /// For each layer `[inputs, outputs]` and `[outputs]`; for its norm `[outputs]` twice.
    pub parameters: Vec<Vec<f64>>,
    /// The running mean and variance of each norm.
    pub statistics: Vec<Vec<f64>>,
    pub lists: Vec<Vec<[f64; 3]>>,
    pub loss: f64,
    pub right: f64,
}

/// The index of each layer's first parameter.
fn first_parameters(model: &Model) -> Vec<usize> {
    let mut next = 0;
    let first_parameter = |layer: &Layer| {
        next += layer.parameters();
        next - layer.parameters()
    };
    model.layers.iter().map(first_parameter).collect()
}

/// The mean and the variance (divided by n) of each column.
fn moments(rows: &[Vec<f64>]) -> (Vec<f64>, Vec<f64>) {
    let count = rows.len() as f64;
    let columns = 0..rows[0].len();
    let mean: Vec<f64> = columns
        .clone()
        .map(|c| rows.iter().map(|row| row[c]).sum::<f64>() / count)
        .collect();
    let variance = columns.map(|c| {
        let square = |row: &Vec<f64>| (row[c] - mean[c]).powi(2);
        rows.iter().map(square).sum::<f64>() / count
    });
    let variance = variance.collect();
    (mean, variance)
}

impl Plain {
    fn step_parameter(&mut self, rule: Rule, step: Step, index: usize, gradients: &[f64]) {
        let weights = self.parameters[index].iter_mut();
        for ((weight, lists), &gradient) in weights.zip(&mut self.lists[index]).zip(gradients) {
            *weight = stepped(rule, step, *weight, gradient, lists);
        }
    }

    pub fn step(
        &mut self,
        model: &Model,
        member: usize,
        inputs: &[Vec<f64>],
        classes: &[usize],
        step: Step,
        keys: &[[u32; 2]],
    ) {
        let mut values = vec![inputs.to_vec()];
        let mut sums: Vec<Vec<Vec<f64>>> = Vec::new();
        let mut sites = keys.iter();
        let mut factors = Vec::new();
        // For each layer, the normalised sums and the scale of each column; empty without a norm.
        let mut normalised: Vec<(Vec<Vec<f64>>, Vec<f64>)> = Vec::new();
        let first_parameters = first_parameters(model);
        let rows = inputs.len() as f64;
        for (index, layer) in model.layers.iter().enumerate() {
            let parameters = &self.parameters[first_parameters[index]..];
            let (w, b) = (&parameters[0], &parameters[1]);
            let rate = layer.dropout.get(member).copied().unwrap_or(0.0);
            let key = if layer.dropout.is_empty() {
                None
            } else {
                sites.next()
            };
            let mut sum = vec![vec![0.0; layer.outputs]; inputs.len()];
            for (sum, x) in sum.iter_mut().zip(&values[index]) {
                for (c, sum) in sum.iter_mut().enumerate() {
                    let product = |k: usize| x[k] * w[k * layer.outputs + c];
                    *sum = b[c] + (0..layer.inputs).map(product).sum::<f64>();
                }
            }
            let mut scales = Vec::new();
            let mut normal = Vec::new();
            if layer.norm {
                let (mean, variance) = moments(&sum);
                let norms = model.layers[..index].iter().filter(|layer| layer.norm);
                let first = 2 * norms.count();
                for c in 0..layer.outputs {
                    let scale = 1.0 / (variance[c] + 1e-5).sqrt();
                    scales.push(scale);
                    for row in &mut sum {
                        row[c] = (row[c] - mean[c]) * scale;
                    }
                    if rows > 1.0 {
                        let [running, spread] = &mut self.statistics[first..first + 2] else {
                            unreachable!("a mean and a variance");
                        };
                        running[c] = 0.9 * running[c] + 0.1 * mean[c];
                        spread[c] = 0.9 * spread[c] + 0.1 * variance[c] * rows / (rows - 1.0);
                    }
                }
                normal = sum.clone();
                for row in &mut sum {
                    for (c, z) in row.iter_mut().enumerate() {
                        *z = *z * parameters[2][c] + parameters[3][c];
                    }
                }
            }
            normalised.push((normal, scales));
            let mut value = sum.clone();
            let mut factor = sum.clone();
            for row in 0..inputs.len() {
                for c in 0..layer.outputs {
                    let z = sum[row][c];
                    let f = match key {
                        Some(&key) if dropped(key, row as u32, c as u32, rate) => 0.0,
                        Some(_) => f64::from(1.0 / (1.0 - rate)),
                        None => 1.0,
                    };
                    factor[row][c] = f;
                    value[row][c] = if c < layer.widths[member] {
                        f * activated(layer.activations[member], z)
                    } else {
                        0.0
                    };
                }
            }
            sums.push(sum);
            values.push(value);
            factors.push(factor);
        }
        let smoothing = f64::from(model.smoothing[member]);
        let mut gradient: Vec<Vec<f64>> = Vec::new();
        for (logits, &class) in values.last().unwrap().iter().zip(classes) {
            let highest = logits.iter().copied().fold(f64::MIN, f64::max);
            let total: f64 = logits.iter().map(|x| (x - highest).exp()).sum();
            self.loss += total.ln() + highest - logits[class];
            self.right += f64::from(u8::from(
                logits.iter().position(|&x| x == highest) == Some(class),
            ));
            let smoothed_target = |c: usize| {
                smoothing / logits.len() as f64 + if c == class { 1.0 - smoothing } else { 0.0 }
            };
            gradient.push(
                logits
                    .iter()
                    .enumerate()
                    .map(|(c, x)| ((x - highest).exp() / total - smoothed_target(c)) / rows)
                    .collect(),
            );
        }
        for index in (0..model.layers.len()).rev() {
            let layer = &model.layers[index];
            let mut earlier = vec![vec![0.0; layer.inputs]; inputs.len()];
            if index > 0 {
                let before = &model.layers[index - 1];
                let w = &self.parameters[first_parameters[index]];
                for (row, out) in earlier.iter_mut().enumerate() {
                    for (k, out) in out.iter_mut().enumerate() {
                        let sum: f64 = (0..layer.outputs)
                            .map(|c| gradient[row][c] * w[k * layer.outputs + c])
                            .sum();
                        let (z, h) = (sums[index - 1][row][k], 1e-6);
                        let function = before.activations[member];
                        let slope = match function {
                            Activation::Relu => f64::from(u8::from(z > 0.0)),
                            _ => {
                                (activated(function, z + h) - activated(function, z - h))
                                    / (2.0 * h)
                            }
                        };
                        *out = sum * factors[index - 1][row][k] * slope;
                    }
                }
            }
            if index > 0 && model.layers[index - 1].norm {
                let (normal, scales) = &normalised[index - 1];
                let first_parameter = first_parameters[index - 1] + 2;
                let mut sums = [vec![0.0; layer.inputs], vec![0.0; layer.inputs]];
                for k in 0..layer.inputs {
                    let column = || earlier.iter().zip(normal);
                    let of_bias: f64 = column().map(|(g, _)| g[k]).sum();
                    let of_weight: f64 = column().map(|(g, n)| g[k] * n[k]).sum();
                    (sums[0][k], sums[1][k]) = (of_weight, of_bias);
                    let scale = scales[k] * self.parameters[first_parameter][k];
                    for (g, n) in earlier.iter_mut().zip(normal) {
                        g[k] = (g[k] - of_bias / rows - n[k] * of_weight / rows) * scale;
                    }
                }
                for (offset, sums) in sums.iter().enumerate() {
                    self.step_parameter(model.rules[member], step, first_parameter + offset, sums);
                }
            }
            let products = |k: usize, c: usize| {
                let rows = values[index].iter().zip(&gradient);
                rows.map(|(x, d)| x[k] * d[c]).sum::<f64>()
            };
            let columns = 0..layer.outputs;
            let of_weight = (0..layer.inputs).flat_map(|k| columns.clone().map(move |c| (k, c)));
            let of_weight: Vec<f64> = of_weight.map(|(k, c)| products(k, c)).collect();
            let of_bias: Vec<f64> = columns
                .map(|c| gradient.iter().map(|d| d[c]).sum())
                .collect();
            self.step_parameter(
                model.rules[member],
                step,
                first_parameters[index],
                &of_weight,
            );
            self.step_parameter(
                model.rules[member],
                step,
                first_parameters[index] + 1,
                &of_bias,
            );
            gradient = earlier;
        }
    }
}
