//! Optimizers and complete trainings compared with PyTorch.
//!
//! Single steps are compared with the update rules of PyTorch's documentation, written out here in
//! 64-bit scalars; trainings against accuracies and losses that PyTorch reached.

use crate::support::training::{member, trained, with_settings};
use burn::backend::Flex;
use burn::tensor::{Tensor, TensorData};
use std::path::PathBuf;
use tp_sweep::data::{DeviceDataset, load};
use tp_sweep::datasets::KnownSet;
use tp_sweep::optimizers::{ParameterLayout, PerMember};
use tp_sweep::random::Seed;
use tp_sweep::spec::{Config, DatasetKind};
use tp_sweep::train::new_optimizer;

fn config(settings: &[(&str, &str)]) -> Config {
    with_settings(Config::default(), settings)
}

/// Gradients of a made-up problem, ten steps for each of four weights.
fn gradient(step: usize, weight: usize) -> f64 {
    ((step * 7 + weight * 3) % 11) as f64 / 5.0 - 1.0
}

/// The weights after ten steps of our optimizer, for each member.
fn ours(members: &[&Config], rates: &[f64]) -> Vec<Vec<f64>> {
    let device = Default::default();
    let trainings: Vec<_> = members.iter().map(|config| &config.training).collect();
    // Without hidden weights.
    let layout = ParameterLayout {
        shapes: vec![Vec::new(); members.len()],
        ..ParameterLayout::default()
    };
    let mut optimizer = new_optimizer::<Flex>(&trainings, &layout, &device);
    let stacked = |values: Vec<f32>| {
        let repeated: Vec<f32> = members.iter().flat_map(|_| values.clone()).collect();
        let shape = [members.len(), 1, 4];
        Tensor::<Flex, 3>::from_data(TensorData::new(repeated, shape), &device)
    };
    let mut parameters = vec![stacked(vec![0.5, -0.5, 1.0, 2.0])];
    let rate = PerMember::new(rates, &device);
    for step in 0..10 {
        let values = (0..4).map(|weight| gradient(step, weight) as f32).collect();
        parameters = optimizer.step(parameters, vec![stacked(values)], &rate);
    }
    let values = parameters[0]
        .to_data()
        .convert::<f64>()
        .into_vec::<f64>()
        .unwrap();
    values.chunks(4).map(<[f64]>::to_vec).collect()
}

fn assert_close(ours: &[f64], theirs: &[f64]) {
    for (a, b) in ours.iter().zip(theirs) {
        assert!(
            (a - b).abs() <= 1e-5 * b.abs().max(1.0),
            "{ours:?} vs {theirs:?}"
        );
    }
    assert_eq!(ours.len(), theirs.len());
}

/// `torch.optim.SGD` of the documentation, dampening 0.
fn sgd(rate: f64, momentum: f64, nesterov: bool) -> Vec<f64> {
    (0..4)
        .map(|weight| {
            let mut w = [0.5, -0.5, 1.0, 2.0][weight];
            let mut buffer = 0.0;
            for step in 0..10 {
                let g = gradient(step, weight);
                buffer = if step == 0 { g } else { momentum * buffer + g };
                w -= rate
                    * if nesterov {
                        g + momentum * buffer
                    } else {
                        buffer
                    };
            }
            w
        })
        .collect()
}

/// `torch.optim.Adam` of the documentation.
fn adam(rate: f64, beta1: f64, beta2: f64, epsilon: f64) -> Vec<f64> {
    (0..4)
        .map(|weight| {
            let mut w = [0.5, -0.5, 1.0, 2.0][weight];
            let (mut m, mut v) = (0.0, 0.0);
            for step in 0..10 {
                let g = gradient(step, weight);
                m = beta1 * m + (1.0 - beta1) * g;
                v = beta2 * v + (1.0 - beta2) * g * g;
                let t = step as i32 + 1;
                let m_hat = m / (1.0 - beta1.powi(t));
                let v_hat: f64 = v / (1.0 - beta2.powi(t));
                w -= rate * m_hat / (v_hat.sqrt() + epsilon);
            }
            w
        })
        .collect()
}

#[test]
fn sgd_matches_pytorch_with_and_without_momentum() {
    for (momentum, nesterov) in [("0", "false"), ("0.9", "false"), ("0.9", "true")] {
        let config = config(&[
            ("training.momentum", momentum),
            ("training.nesterov", nesterov),
        ]);
        let theirs = sgd(0.1, momentum.parse().unwrap(), nesterov == "true");
        assert_close(&ours(&[&config], &[0.1])[0], &theirs);
    }
}

#[test]
fn adam_matches_pytorch() {
    let plain = config(&[("training.optimizer", "adam")]);
    assert_close(&ours(&[&plain], &[0.01])[0], &adam(0.01, 0.9, 0.999, 1e-8));
    let other = config(&[
        ("training.optimizer", "adam"),
        ("training.beta1", "0.5"),
        ("training.beta2", "0.9"),
        ("training.epsilon", "0.1"),
    ]);
    assert_close(&ours(&[&other], &[0.01])[0], &adam(0.01, 0.5, 0.9, 0.1));
    let together = ours(&[&plain, &other], &[0.01, 0.02]);
    assert_close(&together[0], &adam(0.01, 0.9, 0.999, 1e-8));
    assert_close(&together[1], &adam(0.02, 0.5, 0.9, 0.1));
}

#[test]
fn members_have_separate_momentum_and_learning_rate() {
    let (none, some) = (config(&[]), config(&[("training.momentum", "0.9")]));
    let together = ours(&[&none, &some], &[0.1, 0.05]);
    assert_close(&together[0], &sgd(0.1, 0.0, false));
    assert_close(&together[1], &sgd(0.05, 0.9, false));
}

/// Keys and their values.
type Settings = &'static [(&'static str, &'static str)];

/// PyTorch 2.15 on the whole of MNIST, MLP 784-128-10, batches of 64, 5 epochs, means of 5 seeds:
/// what was set, test accuracy in percent, training loss of the last epoch.
const PYTORCH: &[(Settings, f64, f64)] = &[
    (&[], 94.646, 0.1963),
    (&[("training.momentum", "0.9")], 97.738, 0.0492),
    (
        &[
            ("training.optimizer", "adam"),
            ("training.learning_rate", "0.001"),
        ],
        97.698,
        0.0475,
    ),
    (&[("model.activation", "tanh")], 93.936, 0.2227),
    (&[("model.activation", "sigmoid")], 90.886, 0.3631),
    (&[("model.dropout", "0.5")], 94.634, 0.2724),
];

#[test]
fn trainings_reach_the_accuracies_and_losses_of_pytorch() {
    let dataset = load(
        DatasetKind::Known(KnownSet::MNIST),
        &[PathBuf::from("data")],
    )
    .unwrap();
    let data = DeviceDataset::<Flex>::new(&dataset, &Default::default());
    let fixed = [("training.epochs", "5"), ("validation.holdout", "0")];
    for (settings, accuracy, loss) in PYTORCH {
        let config = config(&[&fixed, *settings].concat());
        let (mut accuracies, mut losses) = (Vec::new(), Vec::new());
        for repeat in 0..5 {
            let seed = Seed {
                sweep: 0,
                repeat,
                fold: 0,
            };
            let members = [member(&config, seed, &dataset.train.labels)];
            let record = trained(&data, &members).remove(0);
            accuracies.push(100.0 * record.finished().test.0.accuracy().unwrap());
            losses.push(record.epochs[4].training.loss().unwrap());
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (ours, our_loss) = (mean(&accuracies), mean(&losses));
        println!("{settings:?}: {ours:.2} % ({accuracy}), loss {our_loss:.4} ({loss})");
        assert!(
            (ours - accuracy).abs() < 0.3,
            "{settings:?}: {ours} vs {accuracy}"
        );
        assert!(
            (our_loss - loss).abs() < 0.01,
            "{settings:?}: {our_loss} vs {loss}"
        );
    }
}
