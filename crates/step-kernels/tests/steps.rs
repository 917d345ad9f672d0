//! Steps on a wgpu device compared with the same steps in plain loops and double precision.
#![cfg(feature = "wgpu")]

mod device;
mod models;
mod reference;

use cubecl::prelude::*;
use device::client;
use models::{ACTIVATIONS, Noise, RULES, model};
use reference::Plain;
use step_kernels::{
    Activation, Batch, Epoch, Features, Model, Rule, Samples, State, Step, Training,
};

/// Trains a cohort both ways and compares the results.
fn check(name: &str, model: &Model, owners: usize, batches: &[usize], scaled: bool) {
    let mut noise = Noise(7);
    let (members, features) = (model.members(), model.layers[0].inputs);
    let classes = model.layers.last().unwrap().outputs;
    let count = 50;
    let samples = noise.floats(count * features, 1.0);
    let labels: Vec<usize> = (0..count).map(|i| (i * 7) % classes).collect();
    let mut targets = vec![0.0_f32; count * classes];
    for (i, &label) in labels.iter().enumerate() {
        targets[i * classes + label] = 1.0;
    }
    let scaling = if scaled {
        noise.floats(owners * 2 * features, 1.0)
    } else {
        Vec::new()
    };
    let total: usize = batches.iter().sum::<usize>() * owners;
    let positions: Vec<u32> = (0..total).map(|i| (i * 13 % count) as u32).collect();
    let sites = model.dropout_sites();
    let step = |step: usize, member: usize| Step {
        learning_rate: 0.05 + 0.01 * member as f32,
        weight_decay: 0.01,
        weight_factor: 0.99,
        l1: 0.001,
        clip: if member == 1 { 0.02 } else { f32::INFINITY },
        // Large, so that no division by a small gradient amplifies rounding.
        epsilon: 0.1,
        momentum: 0.9,
        gradient_factor: if step == 0 { 1.0 } else { 0.1 },
        square_decay: 0.95,
        square_factor: 0.05,
        correction: 1.0 / (1.0 + step as f32),
        square_correction: 1.3,
        nadam_gradient_factor: 0.4,
    };
    let steps = (0..batches.len()).flat_map(|s| (0..members).map(move |m| step(s, m)));
    let keys = (0..batches.len() * sites * members * 2)
        .map(|_| (noise.next() * 2e9) as i32 as u32)
        .collect();
    let epoch = Epoch {
        positions,
        owners,
        scaling,
        steps: steps.collect(),
        keys,
    };
    let (mut parameters, mut statistics) = (Vec::new(), Vec::new());
    for (index, layer) in model.layers.iter().enumerate() {
        // Padding is 0: the columns of units that a member lacks, and the rows that they feed.
        let earlier = index
            .checked_sub(1)
            .map(|index| &model.layers[index].widths);
        let of = |rows: usize, noise: &mut Noise| -> Vec<f32> {
            let mut values = noise.floats(members * rows * layer.outputs, 0.5);
            for (i, value) in values.iter_mut().enumerate() {
                let member = i / (rows * layer.outputs);
                let row = i / layer.outputs % rows;
                let lacks_row = earlier.is_some_and(|widths| rows > 1 && row >= widths[member]);
                if lacks_row || i % layer.outputs >= layer.widths[member] {
                    *value = 0.0;
                }
            }
            values
        };
        let weight = of(layer.inputs, &mut noise);
        parameters.extend([weight, of(1, &mut noise)]);
        if layer.norm {
            let weight: Vec<f32> = of(1, &mut noise);
            let bias = of(1, &mut noise);
            // Around 1, except in the padding, which is 0.
            let weight = weight.iter().map(|&w| if w == 0.0 { w } else { 1.0 + w });
            parameters.extend([weight.collect(), bias]);
            let mean = noise.floats(members * layer.outputs, 1.0);
            statistics.extend([mean, vec![1.0; members * layer.outputs]]);
        }
    }
    let Some(client) = client() else { return };
    let put = |values: &[f32]| client.create_from_slice(f32::as_bytes(values));
    let state = State {
        parameters: parameters.iter().map(|p| put(p)).collect(),
        lists: Vec::new(),
        statistics: statistics.iter().map(|s| put(s)).collect(),
    };
    let on_device = Samples {
        features: Features::Numbers(put(&samples)),
        targets: put(&targets),
        count,
    };
    let max_rows = *batches.iter().max().unwrap();
    let mut training = Training::new(&client, model.clone(), on_device, &epoch, max_rows, &state);
    let mut first = 0;
    let of_member = |parameter: &Vec<f32>, member: usize| -> Vec<f64> {
        let size = parameter.len() / members;
        parameter[member * size..(member + 1) * size]
            .iter()
            .map(|&v| f64::from(v))
            .collect()
    };
    let mut plain: Vec<Plain> = (0..members)
        .map(|member| {
            let parameters: Vec<_> = parameters.iter().map(|p| of_member(p, member)).collect();
            let lists = parameters.iter().map(|p| vec![[0.0; 3]; p.len()]).collect();
            Plain {
                parameters,
                statistics: statistics.iter().map(|s| of_member(s, member)).collect(),
                lists,
                loss: 0.0,
                right: 0.0,
            }
        })
        .collect();
    for (number, &rows) in batches.iter().enumerate() {
        training.step(Batch {
            step: number,
            first,
            rows,
        });
        for (member, plain) in plain.iter_mut().enumerate() {
            let owner = if owners == 1 { 0 } else { member };
            let positions = &epoch.positions[first + owner * rows..][..rows];
            let inputs: Vec<Vec<f64>> = positions
                .iter()
                .map(|&p| {
                    let x = &samples[p as usize * features..][..features];
                    x.iter()
                        .enumerate()
                        .map(|(k, &x)| {
                            if scaled {
                                (f64::from(x) - f64::from(epoch.scaling[2 * owner * features + k]))
                                    * f64::from(epoch.scaling[(2 * owner + 1) * features + k])
                            } else {
                                f64::from(x)
                            }
                        })
                        .collect()
                })
                .collect();
            let classes: Vec<usize> = positions.iter().map(|&p| labels[p as usize]).collect();
            let keys: Vec<[u32; 2]> = (0..sites)
                .map(|site| {
                    let key = ((number * sites + site) * members + member) * 2;
                    [epoch.keys[key], epoch.keys[key + 1]]
                })
                .collect();
            plain.step(
                model,
                member,
                &inputs,
                &classes,
                epoch.steps[number * members + member],
                &keys,
            );
        }
        first += rows * owners;
    }
    let read = |handle| f32::from_bytes(&client.read_one(handle).unwrap()).to_vec();
    let state = training.state();
    for (index, handle) in state.statistics.into_iter().enumerate() {
        let ours = read(handle);
        for (member, plain) in plain.iter().enumerate() {
            for (ours, theirs) in of_member(&ours, member)
                .iter()
                .zip(&plain.statistics[index])
            {
                let error = (ours - theirs).abs();
                assert!(
                    error < 1e-6 * (1.0 + theirs.abs()),
                    "{name}: statistic {index} of {member}: {ours} {theirs}"
                );
            }
        }
    }
    for (index, handle) in state.parameters.into_iter().enumerate() {
        let ours = read(handle);
        for (member, plain) in plain.iter().enumerate() {
            for (ours, theirs) in of_member(&ours, member)
                .iter()
                .zip(&plain.parameters[index])
            {
                let error = (ours - theirs).abs();
                assert!(
                    error < 2e-5 * (1.0 + theirs.abs()),
                    "{name}: parameter {index} of {member}: {ours} {theirs}"
                );
            }
        }
    }
    for (list, handles) in state.lists.into_iter().enumerate() {
        for (index, handle) in handles.into_iter().enumerate() {
            let ours = read(handle);
            for (member, plain) in plain.iter().enumerate() {
                if model.rules[member].lists() <= list {
                    continue;
                }
                for (ours, theirs) in of_member(&ours, member).iter().zip(&plain.lists[index]) {
                    let theirs = theirs[list];
                    // RMSprop without momentum or centring leaves lists alone.
                    let error = (ours - theirs).abs();
                    assert!(
                        error < 5e-5 * (1.0 + theirs.abs()),
                        "{name}: list {list}, {index} of {member}: {ours} {theirs}"
                    );
                }
            }
        }
    }
    for (plain, (loss, right)) in plain.iter().zip(training.sums().unwrap()) {
        assert!(
            (loss - plain.loss).abs() < 1e-5 * plain.loss,
            "{name}: {loss} {}",
            plain.loss
        );
        assert_eq!(right, plain.right, "{name}");
    }
}

#[test]
fn every_activation_in_one_cohort() {
    let mut rules = vec![Rule::Descent; 10];
    rules[3] = Rule::Momentum;
    let model = model(&[20, 18, 17, 5], &ACTIVATIONS, &rules);
    check("activations", &model, 1, &[16, 16, 7], false);
}

#[test]
fn every_optimizer_in_one_cohort() {
    let model = model(&[9, 33, 4], &[Activation::Tanh; 8], &RULES);
    check("optimizers", &model, 8, &[20, 20, 20, 3], true);
}

#[test]
fn plain_descent_alone() {
    let model = model(&[70, 40, 10], &[Activation::Relu], &[Rule::Descent]);
    check("alone", &model, 1, &[40, 1], false);
}

#[test]
fn dropout_and_padding() {
    let functions = [Activation::Sigmoid, Activation::Relu, Activation::Gelu];
    let mut model = model(
        &[12, 30, 20, 3],
        &functions,
        &[Rule::Adam, Rule::Descent, Rule::Momentum],
    );
    model.layers[0].widths = vec![30, 7, 18];
    model.layers[0].dropout = vec![0.5, 0.0, 0.25];
    model.layers[1].dropout = vec![0.1, 0.3, 0.0];
    // The gradients of padded units' weights are and stay 0.
    check("dropout", &model, 3, &[10, 10, 10], true);
    model.layers[1].activations = vec![Activation::Tanh; 3];
    model.layers[0].activations = vec![Activation::Elu; 3];
    check("dropout of values", &model, 1, &[10, 10, 10], false);
}

#[test]
fn large_tiles() {
    let model = model(&[100, 70, 66, 10], &[Activation::Relu; 2], &[Rule::Adam; 2]);
    check("large", &model, 1, &[67, 30], false);
}

#[test]
fn batch_norm() {
    let functions = [Activation::Tanh, Activation::Sigmoid, Activation::Gelu];
    let rules = [Rule::Adam, Rule::Descent, Rule::Nesterov];
    let mut normed = model(&[12, 30, 40, 20, 3], &functions, &rules);
    for layer in &mut normed.layers[..2] {
        layer.norm = true;
    }
    normed.layers[0].widths = vec![30, 7, 18];
    normed.layers[0].dropout = vec![0.5, 0.0, 0.25];
    check("norm", &normed, 3, &[10, 17, 10], true);
    check("norm of full tiles", &normed, 1, &[64, 33, 64], false);
    check("norm of large batches", &normed, 1, &[65, 200, 65], false);
}

#[test]
fn batch_norm_of_one_sample_leaves_its_statistics() {
    let mut normed = model(&[5, 20, 3], &[Activation::Tanh], &[Rule::Descent]);
    normed.layers[0].norm = true;
    check("one sample", &normed, 1, &[1, 1], false);
}

/// The bits of all that one step changes in the first of `members`, all trained on the same samples.
fn bits_of_first(norm: bool, rows: usize, members: usize) -> Option<Vec<u32>> {
    let client = client()?;
    let mut model = model(
        &[30, 60, 5],
        &vec![Activation::Tanh; members],
        &vec![Rule::Adam; members],
    );
    model.layers[0].norm = norm;
    model.smoothing = vec![0.1; members];
    let put = |values: Vec<f32>| client.create_from_slice(f32::as_bytes(&values));
    // Each tensor is the same for every member.
    let mut noise = Noise(3);
    let mut tensor = |count: usize| put(noise.floats(count, 0.3).repeat(members));
    let mut sizes = vec![30 * 60, 60];
    if norm {
        sizes.extend([60, 60]);
    }
    sizes.extend([60 * 5, 5]);
    let state = State {
        parameters: sizes.into_iter().map(&mut tensor).collect(),
        lists: Vec::new(),
        statistics: (0..if norm { 2 } else { 0 }).map(|_| tensor(60)).collect(),
    };
    let targets = (0..50 * 5).map(|i| f32::from(u8::from(i % 5 == i / 5 % 5)));
    let samples = Samples {
        features: Features::Numbers(put(Noise(4).floats(50 * 30, 1.0))),
        targets: put(targets.collect()),
        count: 50,
    };
    let epoch = Epoch {
        positions: (0..rows).map(|i| (i * 13 % 50) as u32).collect(),
        owners: 1,
        steps: vec![
            Step {
                learning_rate: 0.05,
                weight_factor: 1.0,
                clip: f32::INFINITY,
                epsilon: 1e-8,
                momentum: 0.9,
                gradient_factor: 0.1,
                square_decay: 0.999,
                square_factor: 0.001,
                correction: 10.0,
                square_correction: 30.0,
                ..Step::default()
            };
            members
        ],
        ..Epoch::default()
    };
    let mut training = Training::new(&client, model, samples, &epoch, rows, &state);
    training.step(Batch {
        step: 0,
        first: 0,
        rows,
    });
    let State {
        parameters,
        lists,
        statistics,
    } = training.state();
    let all = parameters.into_iter().chain(lists.into_iter().flatten());
    let first = |handle| {
        let bytes = client.read_one(handle).unwrap();
        let values = f32::from_bytes(&bytes);
        let first = &values[..values.len() / members];
        first
            .iter()
            .map(|value| value.to_bits())
            .collect::<Vec<u32>>()
    };
    Some(all.chain(statistics).flat_map(first).collect())
}

/// Alone, the tiles are smaller than in a cohort.
#[test]
fn a_member_s_numbers_are_those_of_the_member_alone() {
    for norm in [false, true] {
        for rows in [40, 100] {
            let alone = bits_of_first(norm, rows, 1);
            assert_eq!(alone, bits_of_first(norm, rows, 9), "{norm} {rows}");
        }
    }
}

/// Compares the bytes that the allocator counts with a manual count of the cohort's tensors.
#[test]
fn bytes_are_those_of_the_tensors() {
    for (rule, lists, norm) in [
        (Rule::Descent, 0, false),
        (Rule::Adam, 2, false),
        (Rule::Adam, 2, true),
    ] {
        let mut model = model(&[784, 128, 10], &[Activation::Relu; 3], &[rule; 3]);
        model.layers[0].norm = norm;
        let (members, batch, count) = (3, 64, 100);
        let epoch = Epoch {
            positions: vec![0; batch],
            owners: 1,
            scaling: Vec::new(),
            steps: vec![Step::default(); members],
            keys: Vec::new(),
        };
        let Some(client) = client() else { return };
        let zeros = |numbers: usize| client.create_from_slice(&vec![0; 4 * numbers]);
        let sizes = [784 * 128, 128, 128 * 10, 10].map(|numbers| members * numbers);
        let of_norm = if norm { 2 } else { 0 };
        let mut parameters: Vec<_> = sizes[..2].iter().map(|&n| zeros(n)).collect();
        parameters.extend((0..of_norm).map(|_| zeros(members * 128)));
        parameters.extend(sizes[2..].iter().map(|&n| zeros(n)));
        let samples = Samples {
            features: Features::Numbers(zeros(count * 784)),
            targets: zeros(count * 10),
            count,
        };
        let state = State {
            parameters,
            statistics: (0..of_norm).map(|_| zeros(members * 128)).collect(),
            ..State::default()
        };
        let training = Training::new(&client, model, samples, &epoch, batch, &state);
        let of_norm = of_norm * members * 128;
        let numbers = (1 + lists) * (sizes.iter().sum::<usize>() + of_norm);
        // The output of each layer and its gradient.
        let mut values = 2 * members * batch * (128 + 10);
        if norm {
            // Normalised sums; running means and variances, and the batch's scales.
            values += members * batch * 128 + 3 * members * 128;
        }
        // Positions, scaling, steps, what is known of units, rules, smoothing, sums.
        let tables = batch + 2 * 784 + 16 * members + 2 * members * (3 + 1) + members * (1 + 1 + 3);
        let expected = 4.0 * (numbers + values + tables) as f64;
        let counted = training.bytes() as f64;
        let of_state = 4 * (numbers + of_norm) as u64;
        assert_eq!(training.state_bytes(), of_state);
        assert!(
            (counted / expected - 1.0).abs() < 0.05,
            "{counted} {expected}"
        );
    }
}
