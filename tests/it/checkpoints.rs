//! A resumed run equals an uninterrupted one, bit for bit.

use crate::support::training::{MemberRecord, RecordingObserver, member, observed, with_settings};
use burn::backend::Flex;
use tp_sweep::data::{Dataset, DeviceDataset, Samples, Values};
use tp_sweep::outcome::Outcome;
use tp_sweep::plan::RunHash;
use tp_sweep::random::Seed;
use tp_sweep::record::{Checkpoint, EventFilePosition};
use tp_sweep::spec::Config;
use tp_sweep::train::{Interrupted, Member, is_compatible};
use tp_sweep::training_state::TrainingState;

/// Points of three classes that overlap.
fn points() -> Dataset {
    let samples = |count: usize| Samples {
        values: Values::Floats(
            (0..count * 4)
                .map(|index| {
                    let (sample, feature) = (index / 4, index % 4);
                    let class = f32::from((sample % 3 == feature) as u8);
                    class + ((sample * 31 + feature * 17) % 23) as f32 / 12.0 - 1.0
                })
                .collect(),
        ),
        features: 4,
        labels: (0..count).map(|sample| (sample % 3) as u16).collect(),
    };
    Dataset::from_rows(
        samples(53),
        samples(20),
        ["a", "b", "c"].map(str::to_owned).into(),
    )
}

fn config(settings: &[(&str, &str)]) -> Config {
    let fixed = [
        ("training.epochs", "5"),
        ("training.batch_size", "8"),
        ("model.width", "6"),
        ("validation.folds", "3"),
    ];
    let mut config = with_settings(Config::default(), fixed.iter().chain(settings));
    config.dataset_info = points().info();
    config.validate().unwrap();
    config
}

const SEED: Seed = Seed {
    sweep: 9,
    repeat: 0,
    fold: 1,
};

fn trained(
    data: &DeviceDataset<Flex>,
    configs: &[Config],
    observer: RecordingObserver,
) -> (RecordingObserver, Result<(), Interrupted>) {
    let labels = points().train.labels;
    let members = configs.iter().enumerate().map(|(index, config)| {
        // Folds of unequal size, so that their cohorts are split in each epoch.
        let seed = Seed {
            fold: index as u32 % 3,
            ..SEED
        };
        member(config, seed, &labels)
    });
    observed(data, &members.collect::<Vec<Member>>(), observer)
}

/// Kinds of runs with and without state that carries over from epoch to epoch.
fn kinds() -> Vec<Vec<(&'static str, &'static str)>> {
    let mut kinds = vec![
        vec![],
        vec![("training.momentum", "0.9"), ("model.dropout", "0.3")],
        vec![("model.norm", "batch"), ("model.layers", "2")],
        vec![("training.schedule", "cosine"), ("training.warmup", "2")],
        vec![(
            "training.schedule",
            "{ plateau: { factor: 0.5, patience: 0, cooldown: 1 } }",
        )],
        vec![
            ("training.patience", "2"),
            ("training.epochs", "9"),
            ("training.learning_rate", "2"),
        ],
        vec![
            ("training.patience", "2"),
            ("training.restore_best", "false"),
            ("training.learning_rate", "2"),
            ("model.norm", "batch"),
        ],
        vec![("training.max_norm", "1"), ("training.clip_norm", "0.5")],
    ];
    for optimizer in ["adam", "adamw", "rmsprop", "adagrad", "nadam"] {
        kinds.push(vec![
            ("training.optimizer", optimizer),
            ("training.learning_rate", "0.01"),
            ("training.weight_decay", "0.01"),
        ]);
    }
    kinds
}

/// The state as a checkpoint on disk gives it back.
fn through_a_file(state: &TrainingState, record: &MemberRecord) -> TrainingState {
    let checkpoint = Checkpoint {
        run_hash: RunHash::new(&Config::default(), SEED, "points"),
        device: "cpu".to_owned(),
        state: state.clone(),
        epochs: record.epochs[..state.epoch].to_vec(),
        seconds: 0.0,
        events: EventFilePosition {
            file: String::new(),
            bytes: 0,
        },
    };
    let read = Checkpoint::from_bytes(&checkpoint.to_bytes());
    assert_eq!(read.as_ref(), Some(&checkpoint));
    read.unwrap().state
}

/// What the whole training reported after so many epochs.
fn after(whole: &MemberRecord, epoch: usize) -> MemberRecord {
    MemberRecord {
        epochs: whole.epochs[epoch..].to_vec(),
        layers: whole.layers[epoch..].to_vec(),
        ..whole.clone()
    }
}

#[test]
fn a_run_resumed_from_any_epoch_equals_an_uninterrupted_one() {
    let data = DeviceDataset::<Flex>::new(&points(), &Default::default());
    let mut resumed = 0;
    for settings in kinds() {
        let configs = [config(&settings)];
        let (whole, ended) = trained(&data, &configs, RecordingObserver::of_everything(1));
        assert_eq!(ended, Ok(()));
        assert!(matches!(
            whole.members[0].outcome,
            Some(Outcome::Finished(_))
        ));
        let epochs = whole.members[0].epochs.len();
        assert_eq!(whole.states[0].len(), epochs - 1, "{settings:?}");
        for state in &whole.states[0] {
            assert!(is_compatible(&configs[0], state), "{settings:?}");
            let mut observer = RecordingObserver::of_everything(1);
            observer.resume_from[0] = Some(through_a_file(state, &whole.members[0]));
            let (rest, ended) = trained(&data, &configs, observer);
            assert_eq!(ended, Ok(()));
            assert_eq!(
                rest.members[0],
                after(&whole.members[0], state.epoch),
                "{settings:?}"
            );
            assert_eq!(
                rest.states[0],
                whole.states[0][state.epoch..],
                "{settings:?}"
            );
            resumed += 1;
        }
    }
    println!("{resumed} resumptions");
    assert!(resumed > 40, "{resumed}");
}

#[test]
fn members_of_a_cohort_resume_together_or_alone() {
    let data = DeviceDataset::<Flex>::new(&points(), &Default::default());
    let configs: Vec<Config> = kinds().iter().map(|settings| config(settings)).collect();
    // Those that can be stacked: the models with one hidden layer and no norm.
    let shape = configs[0].stack_shape();
    let configs: Vec<Config> = configs
        .into_iter()
        .filter(|config| shape.enclosing(&config.stack_shape()).is_some())
        .collect();
    assert!(configs.len() > 5);
    let (whole, ended) = trained(
        &data,
        &configs,
        RecordingObserver::of_everything(configs.len()),
    );
    assert_eq!(ended, Ok(()));
    for stop in 1..4 {
        let mut observer = RecordingObserver::of_everything(configs.len());
        observer.stop_after_epoch = Some(stop);
        let (first, ended) = trained(&data, &configs, observer);
        assert_eq!(ended, Err(Interrupted));
        let mut observer = RecordingObserver::of_everything(configs.len());
        observer.resume_from = first.states.iter().map(|all| all.last().cloned()).collect();
        assert!(
            observer
                .resume_from
                .iter()
                .flatten()
                .all(|state| state.epoch == stop)
        );
        let (rest, ended) = trained(&data, &configs, observer);
        assert_eq!(ended, Ok(()));
        for (rest, whole) in rest.members.iter().zip(&whole.members) {
            assert_eq!(*rest, after(whole, stop));
        }
    }
}

#[test]
fn a_stop_within_an_epoch_saves_the_state_at_its_start() {
    let data = DeviceDataset::<Flex>::new(&points(), &Default::default());
    let configs = [config(&[("training.optimizer", "adam")])];
    let (whole, _) = trained(&data, &configs, RecordingObserver::of_everything(1));
    let steps_per_epoch = 35_usize.div_ceil(8);
    let mut saved = 0;
    for steps in 1..4 * steps_per_epoch {
        let mut observer = RecordingObserver::of_everything(1);
        observer.stop_at_step = Some(steps.into());
        let (stopped, ended) = trained(&data, &configs, observer);
        assert_eq!(ended, Err(Interrupted));
        let finished = stopped.members[0].epochs.len();
        let last = stopped.states[0].last();
        assert_eq!(last.map_or(0, |state| state.epoch), finished);
        if let Some(state) = last {
            assert_eq!(*state, whole.states[0][finished - 1]);
            saved += 1;
        }
    }
    assert!(saved > 10, "{saved}");
}

#[test]
fn a_checkpoint_of_different_settings_is_incompatible() {
    let data = DeviceDataset::<Flex>::new(&points(), &Default::default());
    let adam = config(&[("training.optimizer", "adam")]);
    let (whole, _) = trained(
        &data,
        std::slice::from_ref(&adam),
        RecordingObserver::of_everything(1),
    );
    let state = &whole.states[0][1];
    assert!(is_compatible(&adam, state));
    for settings in [
        ("model.width", "7"),
        ("model.layers", "2"),
        ("training.epochs", "2"),
        ("training.patience", "3"),
        ("training.schedule", "{ plateau: {} }"),
        ("model.norm", "batch"),
    ] {
        let other = config(&[("training.optimizer", "adam"), settings]);
        assert!(!is_compatible(&other, state), "{settings:?}");
    }
    let mut changed = state.clone();
    changed.optimizer.lists[0][0].pop();
    assert!(!is_compatible(&adam, &changed));
    let mut changed = state.clone();
    changed.best = Some(changed.network.clone());
    assert!(!is_compatible(&adam, &changed));
    let mut changed = state.clone();
    changed.epoch = 0;
    assert!(!is_compatible(&adam, &changed));
}
