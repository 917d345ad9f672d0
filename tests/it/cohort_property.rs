//! A member's result does not depend on its cohort, whatever the others are.

use crate::support::training::{MemberRecord, RecordingObserver, member, observed, with_settings};
use burn::backend::Flex;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use tp_sweep::data::{Dataset, DeviceDataset, Samples, Values, partition};
use tp_sweep::random::{Purpose, Seed};
use tp_sweep::spec::Config;
use tp_sweep::train::Member;

const FEATURES: usize = 6;
const CLASSES: usize = 3;

/// Points around three centres, which overlap.
fn points() -> Dataset {
    let samples = |count: usize, index: u32| {
        let seed = Seed {
            sweep: 11,
            repeat: 0,
            fold: 0,
        };
        let mut noise = vec![0.0_f32; count * FEATURES];
        let mut stream = seed.stream(Purpose::InitialWeights, [index, 7]);
        stream.fill_normal(&mut noise);
        let labels: Vec<u16> = (0..count).map(|sample| (sample % CLASSES) as u16).collect();
        for (row, &label) in noise.chunks_mut(FEATURES).zip(&labels) {
            row[usize::from(label)] += 1.0;
        }
        Samples {
            values: Values::Floats(noise),
            features: FEATURES,
            labels,
        }
    };
    Dataset::from_rows(
        samples(100, 0),
        samples(40, 1),
        ["a", "b", "c"].map(str::to_owned).into(),
    )
}

#[derive(Clone, Debug)]
struct Run {
    settings: Vec<(&'static str, String)>,
    config: Config,
    seed: Seed,
}

fn trained(data: &DeviceDataset<Flex>, runs: &[&Run]) -> Vec<MemberRecord> {
    let labels = points().train.labels;
    let members: Vec<Member> = runs
        .iter()
        .map(|run| member(&run.config, run.seed, &labels))
        .collect();
    let observer = RecordingObserver {
        records_layers: true,
        ..RecordingObserver::new(members.len())
    };
    let (observer, ended) = observed(data, &members, observer);
    assert_eq!(ended, Ok(()));
    let has_ended = |record: &MemberRecord| record.outcome.is_some();
    assert!(observer.members.iter().all(has_ended));
    observer.members
}

/// A sequence of choices from random bytes.
struct Choices<'a>(std::slice::Iter<'a, u8>);

impl Choices<'_> {
    fn of<T: Copy>(&mut self, options: &[T]) -> T {
        options[usize::from(*self.0.next().unwrap()) % options.len()]
    }
}

const OPTIMIZERS: [&str; 6] = ["sgd", "adam", "adamw", "rmsprop", "adagrad", "nadam"];
const ACTIVATIONS: [&str; 10] = [
    "relu",
    "tanh",
    "sigmoid",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "softplus",
    "identity",
];

/// A cohort: what its members share from `shared`, and all else from the bytes of each.
fn cohort(shared: &[u8], members: &[Vec<u8>], is_padded: bool) -> Vec<Run> {
    let mut choices = Choices(shared.iter());
    let norm = if is_padded {
        choices.of(&["none", "batch"])
    } else {
        choices.of(&["none", "batch", "layer"])
    };
    let position = choices.of(&["before_activation", "after_activation"]);
    let same = [
        ("model.norm", norm),
        ("model.norm_position", position),
        ("training.batch_size", choices.of(&["16", "8", "7", "64"])),
        ("data.limit", choices.of(&["60", "61", "65", "74", "97"])),
        ("validation.folds", choices.of(&["3", "4", "2"])),
    ];
    let layers = choices.of(&[2, 1, 3]);
    // Of a bias before a batch norm the gradient is rounding alone, which these follow.
    let is_adaptive_refused = is_padded && norm == "batch";
    let run = |bytes: &Vec<u8>| {
        let mut choices = Choices(bytes.iter());
        let mut of = |options: &[&'static str]| choices.of(options);
        let optimizer = if is_adaptive_refused {
            of(&["sgd"])
        } else {
            of(&OPTIMIZERS)
        };
        let is_sgd = optimizer == "sgd";
        let mut settings: Vec<(&'static str, String)> = Vec::new();
        let mut set = |key, value: &str| settings.push((key, value.to_owned()));
        same.iter().for_each(|(key, value)| set(key, value));
        set("training.optimizer", optimizer);
        set("model.activation", of(&ACTIVATIONS));
        let rates = if is_sgd {
            ["0.1", "0.05", "0.02"]
        } else {
            ["0.01", "0.005", "0.001"]
        };
        set("training.learning_rate", of(&rates));
        set("training.epochs", of(&["3", "2", "1"]));
        set("training.patience", of(&["null", "1", "2"]));
        set("training.min_delta", of(&["0", "0.1"]));
        set("training.restore_best", of(&["true", "false"]));
        let schedules = [
            "constant",
            "cosine",
            "{ exponential: { gamma: 0.5 } }",
            "{ plateau: { patience: 0, threshold: 0.2 } }",
        ];
        let schedule = of(&schedules);
        set("training.schedule", schedule);
        let unit = of(&["epoch", "step"]);
        if !schedule.contains("plateau") {
            set("training.schedule_unit", unit);
        }
        set("training.warmup", of(&["0", "1"]));
        let momentum = of(&["0", "0.9"]);
        if is_sgd || optimizer == "rmsprop" {
            set("training.momentum", momentum);
        }
        let (dampening, nesterov) = (of(&["0", "0.3"]), of(&["false", "true"]));
        match nesterov {
            _ if !is_sgd || momentum == "0" => {}
            "true" => set("training.nesterov", nesterov),
            _ => set("training.dampening", dampening),
        }
        if optimizer == "rmsprop" {
            set("training.alpha", of(&["0.99", "0.9"]));
        }
        set("training.weight_decay", of(&["null", "0", "0.01"]));
        set("training.l1", of(&["0", "0.001"]));
        set("training.label_smoothing", of(&["0", "0.1"]));
        set("training.clip_value", of(&["null", "0.05"]));
        set("training.clip_norm", of(&["null", "0.5"]));
        set("training.max_norm", of(&["null", "1.5"]));
        set("model.input_dropout", of(&["0", "0.2"]));
        let dropout = of(&["0", "0.3", "0.5"]);
        set("model.same_init", of(&["true", "false"]));
        set(
            "model.init",
            of(&[
                "default",
                "kaiming_normal",
                "orthogonal",
                "{ normal: { std: 0.3 } }",
            ]),
        );
        let widths: Vec<&str> = (0..layers).map(|_| of(&["5", "8", "3"])).collect();
        let widths = if is_padded { widths } else { vec!["5"; layers] };
        set("model.width", &format!("[{}]", widths.join(", ")));
        set("model.dropout", dropout);
        let seed = Seed {
            sweep: 3,
            repeat: of(&["0", "0", "1"]).parse().unwrap(),
            fold: of(&["0", "1"]).parse().unwrap(),
        };
        Run {
            config: config(&settings),
            settings,
            seed,
        }
    };
    members.iter().map(run).collect()
}

fn config<S: AsRef<str>>(settings: &[(&str, S)]) -> Config {
    let config = Config {
        dataset_info: points().info(),
        ..Config::default()
    };
    with_settings(config, settings)
}

/// Whether two numbers differ by at most `tolerance` times the larger, or by 10⁻⁷.
fn is_close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * a.abs().max(b.abs()) || (a - b).abs() <= 1e-7
}

fn assert_close(alone: &MemberRecord, together: &MemberRecord, what: &str) {
    assert_eq!(alone.epochs.len(), together.epochs.len(), "{what}");
    for (a, b) in alone.epochs.iter().zip(&together.epochs) {
        assert_eq!(a.learning_rate, b.learning_rate, "{what}");
        let losses = [
            (a.training.loss(), b.training.loss()),
            (a.validation.loss(), b.validation.loss()),
        ];
        for (a, b) in losses {
            let (a, b) = (a.unwrap(), b.unwrap());
            assert!(is_close(a, b, 1e-5), "{a} alone, {b} together: {what}");
        }
        // Terms of a gradient that cancel, as in front of a batch norm of two samples, leave
        // rounding: as large as the terms make it, however small the gradient is.
        let largest = a.gradient_norms.iter().copied().fold(0.0, f64::max);
        for (a, b) in a.gradient_norms.iter().zip(&b.gradient_norms) {
            let is_rounding = (a - b).abs() <= 2e-6 * largest;
            let what = || format!("{a} alone, {b} together, of {largest}: {what}");
            assert!(is_close(*a, *b, 1e-3) || is_rounding, "{}", what());
        }
    }
    for ((_, a), (_, b)) in alone.layers.iter().zip(&together.layers) {
        assert_eq!(a.len(), b.len(), "layers: {what}");
        for (a, b) in a.iter().zip(b) {
            assert_eq!(
                a.weights.len(),
                b.weights.len(),
                "padding is reported: {what}"
            );
            assert_eq!(a.gradients.len(), b.gradients.len(), "{what}");
            for (a, b) in a.weights.iter().zip(&b.weights) {
                assert!((a - b).abs() < 1e-4, "{a} alone, {b} together: {what}");
            }
        }
    }
    let (a, b) = (alone.finished(), together.finished());
    assert_eq!(a.epoch, b.epoch, "{what}");
    let [a, b] = [a, b].map(|run| run.test.0.loss().unwrap());
    assert!(is_close(a, b, 1e-5), "{what}");
}

/// Compares each member alone with the same member in cohorts of two and in one of all.
fn compare(
    data: &DeviceDataset<Flex>,
    runs: &[Run],
    compare: fn(&MemberRecord, &MemberRecord, &str),
) {
    let alone: Vec<MemberRecord> = runs
        .iter()
        .map(|run| trained(data, &[run]).remove(0))
        .collect();
    let all: Vec<&Run> = runs.iter().collect();
    for (index, together) in trained(data, &all).iter().enumerate() {
        let what = format!("member {index} of all: {:#?}", runs[index].settings);
        compare(&alone[index], together, &what);
    }
    for (first, pair) in all.windows(2).enumerate() {
        for (index, together) in trained(data, pair).iter().enumerate() {
            let what = format!("member {index} of {pair:#?}");
            compare(&alone[first + index], together, &what);
        }
    }
}

fn bytes() -> impl Strategy<Value = (Vec<u8>, Vec<Vec<u8>>)> {
    let shared = proptest::collection::vec(any::<u8>(), 8);
    let member = proptest::collection::vec(any::<u8>(), 40);
    (shared, proptest::collection::vec(member, 2..7))
}

fn data() -> DeviceDataset<Flex> {
    DeviceDataset::raw(&points(), &Default::default())
}

#[test]
fn members_of_equal_widths_give_the_same_bits_in_every_cohort() {
    let data = data();
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 150,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&bytes(), |(shared, members)| {
            let runs = cohort(&shared, &members, false);
            compare(&data, &runs, |alone, together, what| {
                assert_eq!(alone, together, "{what}");
            });
            Ok(())
        })
        .unwrap();
}

#[test]
fn members_of_different_widths_give_the_same_results_in_every_cohort() {
    let data = data();
    // Always the same cases: where a weight's gradient is rounding alone, results may differ more.
    let config = ProptestConfig {
        cases: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, random);
    runner
        .run(&bytes(), |(shared, members)| {
            compare(&data, &cohort(&shared, &members, true), assert_close);
            Ok(())
        })
        .unwrap();
}

/// Members of these settings on folds of which some have a sample more than others.
fn on_folds(settings: &[&[(&'static str, &str)]], batch: &str) -> Vec<Run> {
    let member = |(index, different): (usize, &&[(&'static str, &str)])| {
        let mut settings = vec![
            ("data.limit", "65".to_owned()),
            ("validation.folds", "3".to_owned()),
            ("training.batch_size", batch.to_owned()),
            ("training.epochs", "3".to_owned()),
            ("model.width", "5".to_owned()),
            ("model.norm", "batch".to_owned()),
        ];
        settings.extend(
            different
                .iter()
                .map(|&(key, value)| (key, value.to_owned())),
        );
        Run {
            config: config(&settings),
            settings,
            seed: Seed {
                sweep: 3,
                repeat: 0,
                fold: index as u32 % 3,
            },
        }
    };
    settings.iter().enumerate().map(member).collect()
}

fn assert_same(alone: &MemberRecord, together: &MemberRecord, what: &str) {
    assert_eq!(alone, together, "{what}");
}

#[test]
fn folds_of_unequal_length_are_trained_and_evaluated_completely() {
    let data = data();
    // Of 65 samples 43, 43 and 44 are trained on: last batches of 11 and 12; one step and two; a
    // last step of one sample; no full batch at all.
    for batch in ["16", "43", "14", "64"] {
        let members: [&[(&'static str, &str)]; 8] = [
            &[("training.optimizer", "muon"), ("training.momentum", "0.8")],
            &[("training.optimizer", "muon"), ("training.beta1", "0.8")],
            &[("training.momentum", "0.9"), ("training.dampening", "0.5")],
            &[("training.optimizer", "adam"), ("model.dropout", "0.3")],
            &[("training.momentum", "0.9"), ("training.dampening", "0.5")],
            &[
                ("training.optimizer", "nadam"),
                ("training.schedule", "cosine"),
            ],
            &[
                ("training.optimizer", "adagrad"),
                ("training.schedule_unit", "step"),
            ],
            &[
                ("training.optimizer", "rmsprop"),
                ("training.patience", "1"),
            ],
        ];
        let runs = on_folds(&members, batch);
        let count = |fold| {
            partition(&points().train.labels, &runs[0].config, 0, fold)
                .train
                .len()
        };
        assert_eq!([0, 1, 2].map(count), [43, 43, 44]);
        compare(&data, &runs, assert_same);
    }
}

#[test]
fn finished_members_leave_and_the_others_continue_unchanged() {
    let data = data();
    let members: [&[(&'static str, &str)]; 7] = [
        &[("training.epochs", "1")],
        &[("training.optimizer", "nadam"), ("training.epochs", "6")],
        &[("training.learning_rate", "1e30"), ("training.l1", "1")],
        &[
            ("training.epochs", "6"),
            ("training.patience", "1"),
            ("training.min_delta", "10"),
        ],
        &[
            ("training.epochs", "6"),
            ("training.patience", "1"),
            ("training.min_delta", "10"),
            ("training.restore_best", "false"),
        ],
        &[("training.optimizer", "adam"), ("training.epochs", "4")],
        &[("training.optimizer", "muon"), ("training.epochs", "5")],
    ];
    let runs = on_folds(&members, "16");
    let all: Vec<&Run> = runs.iter().collect();
    let results = trained(&data, &all);
    let epochs: Vec<usize> = results.iter().map(|record| record.epochs.len()).collect();
    assert_eq!(
        [1, 6, 2, 2, 4, 5],
        [0, 1, 3, 4, 5, 6].map(|member| epochs[member])
    );
    assert!(results[2].has_failed(), "{:?}", results[2].outcome);
    let finals = [0, 1, 3, 4, 5, 6].map(|member| results[member].finished().epoch);
    assert_eq!(finals, [1, 6, 1, 2, 4, 5]);
    compare(&data, &runs, assert_same);
}
