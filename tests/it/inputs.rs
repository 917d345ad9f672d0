//! The inputs of a network: samples normalised and augmented as configured, whatever the format
//! on the device and whatever the cohort.

use crate::support::training::{self, MemberRecord, member, with_settings};
use burn::backend::Flex;
use std::sync::Arc;
use tp_sweep::data::{
    Dataset, DeviceDataset, Imputation, MISSING, Normalisation, Samples, Values, partition,
};
use tp_sweep::random::Seed;
use tp_sweep::spec::Config;
use tp_sweep::train::Member;

/// Images of 5 × 4 pixels with two channels, whose class is where they are bright.
fn images() -> Dataset {
    let samples = |count: usize| {
        let pixel = |sample: usize, number: usize| {
            let bright = number / 2 % 4 / 2 == sample % 2;
            let noise = (sample * 31 + number * 17) % 60;
            (noise + if bright { 150 } else { 0 } + 20 * (number % 2)) as u8
        };
        Samples {
            values: Values::Bytes(
                (0..count * 40)
                    .map(|index| pixel(index / 40, index % 40))
                    .collect(),
            ),
            features: 40,
            labels: (0..count).map(|sample| (sample % 2) as u16).collect(),
        }
    };
    Dataset {
        image: Some([5, 4, 2]),
        ..Dataset::from_rows(
            samples(90),
            samples(30),
            vec!["left".to_owned(), "right".to_owned()],
        )
    }
}

fn config(settings: &[(&str, &str)]) -> Config {
    let fixed = [
        ("training.epochs", "3"),
        ("training.batch_size", "16"),
        ("model.width", "6"),
        ("validation.folds", "3"),
    ];
    let mut config = with_settings(Config::default(), fixed.iter().chain(settings));
    config.dataset_info = images().info();
    config
}

/// Trains one member for each seed, together.
fn trained(
    data: &DeviceDataset<Flex>,
    config: &Config,
    seeds: &[Seed],
    normalisation: Option<&Arc<Normalisation>>,
) -> Vec<MemberRecord> {
    let labels = images().train.labels;
    let member = |&seed: &Seed| Member {
        normalisation: normalisation.cloned(),
        ..member(config, seed, &labels)
    };
    let members: Vec<Member> = seeds.iter().map(member).collect();
    training::trained(data, &members)
}

const SEED: Seed = Seed {
    sweep: 5,
    repeat: 0,
    fold: 0,
};

#[test]
fn normalising_batches_equals_normalising_the_data_including_padding() {
    let mut dataset = images();
    for settings in [&[][..], &[("data.shift", "2"), ("data.flip", "true")]] {
        let config = config(settings);
        let rows = partition(&dataset.train.labels, &config, 0, 0).train;
        let fitted = Arc::new(Normalisation::fit(&dataset, &rows));
        assert_eq!(fitted.mean.len(), 2, "one for each channel");
        dataset.published = Some(fitted.as_ref().clone());
        let device = Default::default();
        let before = DeviceDataset::new(&dataset, &device);
        let raw = DeviceDataset::raw(&dataset, &device);
        let normalised = trained(&before, &config, &[SEED], None);
        // Bytes that are normalised before are scaled once, others twice: the last bit may differ.
        let batches = trained(&raw, &config, &[SEED], Some(&fitted));
        assert_eq!(batches[0].epochs.len(), normalised[0].epochs.len());
        for (a, b) in normalised[0].epochs.iter().zip(&batches[0].epochs) {
            assert!(
                (a.training.loss().unwrap() - b.training.loss().unwrap()).abs() < 1e-6,
                "{a:?} {b:?}"
            );
            assert!((a.validation.loss().unwrap() - b.validation.loss().unwrap()).abs() < 1e-6);
            assert_eq!(
                a.training.accuracy().unwrap(),
                b.training.accuracy().unwrap()
            );
            assert_eq!(a.validation.accuracy(), b.validation.accuracy());
        }
        // And it has an effect: without it the numbers differ.
        let without = trained(&raw, &config, &[SEED], None);
        let difference = without[0].epochs[0].training.loss().unwrap()
            - normalised[0].epochs[0].training.loss().unwrap();
        assert!(difference.abs() > 1e-3, "{difference}");
    }
}

#[test]
fn augmentation_depends_only_on_seed_and_epoch() {
    let dataset = images();
    let data = DeviceDataset::raw(&dataset, &Default::default());
    let second = Seed { fold: 1, ..SEED };
    for settings in [
        &[("data.shift", "1")][..],
        &[("data.flip", "true")],
        &[("data.shift", "3"), ("data.flip", "true")],
    ] {
        let config = config(settings);
        let together = trained(&data, &config, &[SEED, second], None);
        for (seed, member) in [SEED, second].iter().zip(&together) {
            let alone = trained(&data, &config, &[*seed], None).remove(0);
            assert_same(&alone, member);
        }
        assert_eq!(
            trained(&data, &config, &[SEED], None),
            trained(&data, &config, &[SEED], None)
        );
        let still = self::config(&[]);
        assert_ne!(
            trained(&data, &config, &[SEED], None),
            trained(&data, &still, &[SEED], None)
        );
    }
}

/// A member's numbers do not depend on its cohort.
fn assert_same(alone: &MemberRecord, member: &MemberRecord) {
    assert_eq!(alone, member);
    assert_eq!(alone.epochs.len(), 3);
}

#[test]
fn only_training_batches_are_augmented() {
    // Without learning, what is validated and tested on stays what it was.
    let dataset = images();
    let data = DeviceDataset::raw(&dataset, &Default::default());
    let still = [("training.learning_rate", "1e-30")];
    let moved = [still[0], ("data.shift", "3"), ("data.flip", "true")];
    let (still, moved) = (config(&still), config(&moved));
    let (plain, augmented) = (
        trained(&data, &still, &[SEED], None),
        trained(&data, &moved, &[SEED], None),
    );
    for (a, b) in plain[0].epochs.iter().zip(&augmented[0].epochs) {
        assert_eq!(
            (a.validation.loss(), a.validation.accuracy()),
            (b.validation.loss(), b.validation.accuracy())
        );
        assert_ne!(a.training.loss().unwrap(), b.training.loss().unwrap());
    }
    assert_eq!(plain[0].outcome, augmented[0].outcome);
    // Each epoch augments differently.
    assert_ne!(
        augmented[0].epochs[0].training.loss().unwrap(),
        augmented[0].epochs[1].training.loss().unwrap()
    );
}

/// Rows of four features with missing values: a number, a rank, and two of a one-hot block.
fn rows() -> Dataset {
    let samples = |count: usize, first: usize| {
        let row = |sample: usize| {
            let number = (sample * 37 % 101) as f32 / 3.0;
            let rank = (sample * 11 % 5) as f32;
            let level = f32::from(u8::from(sample.is_multiple_of(3)));
            let missing = |every: usize| sample % every == 1;
            [
                if missing(4) { MISSING } else { number },
                if missing(5) { MISSING } else { rank },
                if missing(6) { MISSING } else { level },
                if missing(6) { MISSING } else { 1.0 - level },
            ]
        };
        let rows = first..first + count;
        Samples {
            values: Values::Floats(rows.clone().flat_map(row).collect()),
            features: 4,
            labels: rows.map(|sample| (sample * 7 % 10 / 5) as u16).collect(),
        }
    };
    let block = Imputation::OneHot {
        first: 2,
        categories: 2,
    };
    Dataset {
        train: samples(90, 0),
        test: samples(30, 90),
        image: None,
        has_missing: true,
        imputation: vec![Imputation::Median, Imputation::MostFrequent, block, block],
        ..images()
    }
}

/// The data with its missing values filled, as learnt from these rows alone.
fn filled(dataset: &Dataset, learnt_from: &[u32]) -> Dataset {
    let numbers = |samples: &Samples| match &samples.values {
        Values::Floats(values) => values.clone(),
        Values::Bytes(_) => panic!("rows are floats"),
    };
    let train = numbers(&dataset.train);
    let present = |feature: usize| {
        let cells = learnt_from
            .iter()
            .map(|&row| train[row as usize * 4 + feature]);
        let mut cells: Vec<f32> = cells.filter(|&cell| cell != MISSING).collect();
        cells.sort_by(f32::total_cmp);
        cells
    };
    let known = present(0);
    let middle = known.len() / 2;
    let median = match known.len() % 2 {
        1 => known[middle],
        _ => (known[middle - 1] + known[middle]) / 2.0,
    };
    let count = |feature: usize, value: f32| {
        present(feature)
            .iter()
            .filter(|&&cell| cell == value)
            .count()
    };
    let ranks = (0..5).map(|rank| rank as f32);
    // The first of the most frequent ones.
    let rank = ranks.rev().max_by_key(|&rank| count(1, rank)).unwrap();
    let has_first = count(2, 1.0) >= count(3, 1.0);
    let fill = [median, rank, f32::from(has_first), f32::from(!has_first)];
    let fill = |samples: &Samples| Samples {
        values: Values::Floats(
            numbers(samples)
                .iter()
                .enumerate()
                .map(|(index, &cell)| {
                    if cell == MISSING {
                        fill[index % 4]
                    } else {
                        cell
                    }
                })
                .collect(),
        ),
        ..samples.clone()
    };
    Dataset {
        train: fill(&dataset.train),
        test: fill(&dataset.test),
        imputation: Vec::new(),
        has_missing: false,
        ..dataset.clone()
    }
}

#[test]
fn missing_values_are_filled_from_the_training_samples_of_each_run() {
    let dataset = rows();
    let device = Default::default();
    let data = DeviceDataset::raw(&dataset, &device);
    for normalise in ["training", "none"] {
        let config = Config {
            dataset_info: dataset.info(),
            ..config(&[("data.set", "table"), ("data.normalise", normalise)])
        };
        let seeds = [0, 1, 2].map(|fold| Seed { fold, ..SEED });
        let split = |seed: &Seed| partition(&dataset.train.labels, &config, seed.repeat, seed.fold);
        let member = |dataset: &Dataset, seed: Seed| {
            let partition = split(&seed);
            Member {
                config: &config,
                seed,
                normalisation: Normalisation::for_run(dataset, &config.data, &partition.train)
                    .map(Arc::new),
                partition: Arc::new(partition),
            }
        };
        let members: Vec<Member> = seeds.iter().map(|&seed| member(&dataset, seed)).collect();
        let fills: Vec<&[f32]> = members
            .iter()
            .map(|member| &member.normalisation.as_ref().unwrap().fill_values[..])
            .collect();
        assert!(
            fills.windows(2).any(|pair| pair[0] != pair[1]),
            "folds differ: {fills:?}"
        );
        let together = training::trained(&data, &members);
        for (seed, member_of_cohort) in seeds.into_iter().zip(&together) {
            let by_hand = filled(&dataset, &split(&seed).train);
            let on_device = DeviceDataset::raw(&by_hand, &device);
            let alone = training::trained(&on_device, &[member(&by_hand, seed)]).remove(0);
            assert_same(&alone, member_of_cohort);
        }
    }
}

#[test]
fn convolutional_members_give_the_same_bits_in_every_cohort() {
    let dataset = images();
    let data = DeviceDataset::raw(&dataset, &Default::default());
    let shapes = [
        &[("model.norm", "batch")][..],
        &[("model.norm", "none")],
        &[
            ("model.norm", "batch"),
            ("model.norm_position", "after_activation"),
        ],
        &[("model.norm", "batch"), ("model.pooling", "average")],
        &[("model.norm", "batch"), ("model.activation", "tanh")],
        &[("model.norm", "layer"), ("model.pooling", "none")],
    ];
    for shape in shapes {
        let of_member = |settings: &[(&'static str, &'static str)]| {
            let fixed = [
                ("model.kind", "cnn"),
                ("model.channels", "[5, 16]"),
                ("training.momentum", "0.9"),
            ];
            config(&[&fixed, shape, settings].concat())
        };
        let configs = [
            of_member(&[("training.learning_rate", "0.05")]),
            of_member(&[("training.learning_rate", "0.02"), ("training.epochs", "1")]),
            of_member(&[
                ("model.block_dropout", "0.3"),
                ("training.optimizer", "adam"),
                ("training.momentum", "0"),
            ]),
        ];
        let labels = &dataset.train.labels;
        let seeds = [SEED, SEED, Seed { repeat: 1, ..SEED }];
        let members: Vec<Member> = configs
            .iter()
            .zip(seeds)
            .map(|(config, seed)| member(config, seed, labels))
            .collect();
        let together = training::trained(&data, &members);
        for (index, together) in together.iter().enumerate() {
            let alone = training::trained(&data, &members[index..=index]);
            assert_eq!(alone[0], *together, "{shape:?} {index}");
        }
    }
}

#[test]
fn members_with_convolutions_and_different_activations_are_not_stacked() {
    let shape = |kind: &str, activation: &str| {
        let settings = [("model.kind", kind), ("model.activation", activation)];
        config(&settings).stack_shape()
    };
    assert_ne!(shape("cnn", "relu"), shape("cnn", "tanh"));
    assert_eq!(shape("mlp", "relu"), shape("mlp", "tanh"));
}
