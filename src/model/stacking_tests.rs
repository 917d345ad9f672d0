//! Members of a cohort compute what each of them computes alone: with every stage, and with different widths and
//! activations.

use super::{Network, parameter_shapes, trimmed};
use crate::pytorch;
use crate::random::{Purpose, Seed};
use crate::spec::{Config, ConfigValue, DatasetInfo, Pooling};
use crate::stages::{Activation, Norm, StageGradient};
use burn::backend::Flex;
use burn::tensor::{Tensor, TensorData, Tolerance};
use serde_json::{Value, json};

type T = Tensor<Flex, 3>;

const SEED: Seed = Seed {
    sweep: 5,
    repeat: 0,
    fold: 0,
};

/// Numbers of a normal distribution, different for each `number`.
fn random(number: u32, shape: [usize; 3]) -> T {
    let mut values = vec![0.0; shape.iter().product()];
    let mut stream = SEED.stream(Purpose::InitialWeights, [number, 0]);
    stream.fill_normal(&mut values);
    Tensor::from_data(TensorData::new(values, shape), &Default::default())
}

/// A model on images of 6 × 5 pixels with two channels.
fn config(settings: &Value) -> Config {
    let mut config = Config::default();
    pytorch::set(
        &mut config,
        &json!({ "model.channels": [8, 8], "model.kind": "cnn", "model.width": 16 }),
    );
    pytorch::set(&mut config, settings);
    config.dataset_info = DatasetInfo {
        features: 60,
        classes: 3,
        image: Some([6, 5, 2]),
        ..DatasetInfo::default()
    };
    config.validate().unwrap();
    config
}

/// The values of the member of a tensor, or of the only one.
fn assert_member(found: &T, member: usize, expected: &T, what: &str) {
    let found = match found.dims()[0] {
        1 => found.clone(),
        _ => found.clone().narrow(0, member, 1),
    };
    let tolerance = Tolerance::<f32>::rel_abs(1e-4, 1e-4);
    let check = || {
        found
            .to_data()
            .assert_approx_eq(&expected.to_data(), tolerance);
    };
    let is_close = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check));
    assert!(is_close.is_ok(), "{what}, member {member}");
}

/// Compares a step and an evaluation of three members with those of each alone.
fn compare(settings: &Value) {
    let what = settings.to_string();
    let stages = config(settings).stages();
    let shapes = parameter_shapes(&stages);
    let parameters = |member: u32| -> Vec<T> {
        let shapes = (0..).zip(&shapes);
        shapes
            .map(|(number, &[rows, columns])| {
                random(100 * member + number, [1, rows, columns]).mul_scalar(0.5)
            })
            .collect()
    };
    let members: Vec<Vec<T>> = (0..3).map(parameters).collect();
    let stacked = (0..shapes.len())
        .map(|position| {
            let of_members = members.iter().map(|member| member[position].clone());
            Tensor::cat(of_members.collect(), 0)
        })
        .collect();
    let mut together = Network::<Flex>::with_parameters(&stages, stacked);
    for owners in [1, 3] {
        let input = random(1000, [owners, 4, 60]);
        let gradient = random(1001, [3, 4, 3]);
        let (logits, cache) = together.forward(input.clone(), None);
        let gradients = together.backward(cache, gradient.clone());
        let gradients: Vec<T> = gradients
            .into_iter()
            .flat_map(StageGradient::values)
            .collect();
        assert_eq!(gradients.len(), shapes.len(), "{what}");
        let predicted = together.predict(input.clone());
        for (number, member) in members.iter().enumerate() {
            let mut alone = Network::<Flex>::with_parameters(&stages, member.clone());
            // The statistics of the other input.
            if owners == 3 {
                let (_, _) = alone.forward(random(1000, [1, 4, 60]), None);
            }
            let own_input = match owners {
                1 => input.clone(),
                _ => input.clone().narrow(0, number, 1),
            };
            let (expected, cache) = alone.forward(own_input.clone(), None);
            assert_member(&logits, number, &expected, &what);
            let own_gradient = gradient.clone().narrow(0, number, 1);
            let expected = alone.backward(cache, own_gradient).into_iter();
            let expected = expected.flat_map(StageGradient::values);
            for (found, expected) in gradients.iter().zip(expected) {
                assert_member(found, number, &expected, &what);
            }
            let expected = alone.predict(own_input);
            assert_member(&predicted, number, &expected, &what);
        }
    }
}

#[test]
fn members_compute_together_what_they_compute_alone() {
    for norm in Norm::all() {
        compare(&json!({ "model.norm": norm.to_value() }));
    }
    for activation in Activation::all() {
        compare(&json!({ "model.activation": activation.to_value() }));
    }
    for pooling in Pooling::ALL {
        for shortcut in [json!(null), json!("identity")] {
            compare(&json!({ "model.pooling": pooling.to_value(), "model.shortcut": shortcut }));
        }
    }
    compare(&json!({ "model.global_pooling": "average" }));
    let strided = json!("strided_convolution");
    compare(&json!({
        "model.pooling": strided, "model.shortcut": "identity", "model.global_pooling": "average"
    }));
}

/// Compares a step of two members of different configurations, of which the first is narrower, with that of each alone.
fn compare_padded(settings: [&Value; 2]) {
    let what = format!("{} with {}", settings[0], settings[1]);
    let mlp = |settings: &Value| {
        let mut config = config(&json!({ "model.kind": "mlp", "model.channels": null }));
        pytorch::set(&mut config, settings);
        config.validate().unwrap();
        config
    };
    let stages = settings.map(|settings| mlp(settings).stages());
    let state = |member: usize| -> Vec<T> {
        let shapes = (0..).zip(parameter_shapes(&stages[member]));
        shapes
            .map(|(number, [rows, columns])| {
                random(100 * member as u32 + number, [1, rows, columns]).mul_scalar(0.5)
            })
            .collect()
    };
    let states = vec![state(0), state(1)];
    let mut together = Network::<Flex>::from_states(stages.to_vec(), states.clone());
    let (input, gradient) = (random(1000, [1, 4, 60]), random(1001, [2, 4, 3]));
    let (logits, cache) = together.forward(input.clone(), None);
    let gradients = together.backward(cache, gradient.clone()).into_iter();
    let gradients: Vec<T> = gradients.flat_map(StageGradient::values).collect();
    for (member, state) in states.into_iter().enumerate() {
        let own = vec![stages[member].clone()];
        let mut alone = Network::<Flex>::from_states(own, vec![state]);
        let (expected, cache) = alone.forward(input.clone(), None);
        assert_member(&logits, member, &expected, &what);
        let expected = alone.backward(cache, gradient.clone().narrow(0, member, 1));
        let expected = expected.into_iter().flat_map(StageGradient::values);
        for (found, expected) in gradients.iter().zip(expected) {
            let [_, rows, columns] = expected.dims();
            let found = trimmed(found.clone().narrow(0, member, 1), [rows, columns]);
            assert_member(&found, 0, &expected, &what);
        }
    }
}

#[test]
fn members_of_different_widths_and_activations_compute_what_they_compute_alone() {
    let member = |width: usize, activation: &Value| json!({ "model.width": [width, width], "model.activation": activation });
    let slope = |slope: f64| json!({ "prelu": { "slope": slope } });
    for [narrow, wide] in [
        [slope(0.1), slope(0.4)],
        [json!("relu"), json!("tanh")],
        [json!("sigmoid"), json!("softplus")],
    ] {
        compare_padded([&member(8, &narrow), &member(16, &wide)]);
    }
}
