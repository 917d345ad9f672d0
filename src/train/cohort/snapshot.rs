//! Takes a cohort apart into the states of its members, and builds a cohort from such states.

use super::state::Cohort;
use crate::backend::Backend;
use crate::data::DeviceDataset;
use crate::model::{Network, parameter_shapes};
use crate::train::member::Member;
use crate::train::optimizer::OptimizerState;
use crate::train::schedule::Plateau;
use burn::tensor::Tensor;

/// The training state of one member, from which it can continue in any cohort.
///
/// Tensors have the member's own shape, without padding, and share memory with the cohort that
/// they are taken from.
#[derive(Clone, Debug)]
pub(in crate::train) struct Snapshot<B: Backend> {
    /// Parameters, then running statistics, in the order of [`Network::member_state`].
    pub network: Vec<Tensor<B, 3>>,
    /// The optimizer's state.
    pub optimizer: OptimizerState<B>,
    /// The state of the schedule `plateau`; `None` for other schedules.
    pub plateau: Option<Plateau>,
}

impl<'a, B: Backend> Cohort<'a, B> {
    /// The state of each member between two steps.
    pub(in crate::train) fn snapshots(&self) -> Vec<Snapshot<B>> {
        let snapshot = |member| Snapshot {
            network: self.model.member_state(member),
            optimizer: self
                .optimizer
                .member_state(member)
                .trimmed(&parameter_shapes(self.model.member_stages(member))),
            plateau: self.plateaus[member].clone(),
        };
        (0..self.members.len()).map(snapshot).collect()
    }

    /// A cohort of members that continue from these states.
    pub(in crate::train) fn from_snapshots(
        data: &'a DeviceDataset<B>,
        members: Vec<Member<'a>>,
        snapshots: Vec<Snapshot<B>>,
    ) -> Self {
        let (mut networks, mut optimizers, mut plateaus) = (Vec::new(), Vec::new(), Vec::new());
        for snapshot in snapshots {
            networks.push(snapshot.network);
            optimizers.push(snapshot.optimizer);
            plateaus.push(snapshot.plateau);
        }
        let stages = members.iter().map(|member| member.config.stages());
        let mut cohort = Self::with_model(
            data,
            Network::from_states(stages.collect(), networks),
            members,
        );
        let shapes = parameter_shapes(cohort.model.stages());
        let padded = optimizers.into_iter().map(|state| state.padded(&shapes));
        cohort.optimizer.restore(padded.collect());
        cohort.plateaus = plateaus;
        cohort
    }

    /// The cohort of these members.
    #[must_use]
    pub(in crate::train) fn select_members(self, members: &[usize]) -> Self {
        let mut snapshots: Vec<_> = self.snapshots().into_iter().map(Some).collect();
        let selected = members.iter().map(|&member| {
            let snapshot = snapshots[member].take();
            (
                self.members[member].clone(),
                snapshot.expect("each member is selected once"),
            )
        });
        let (members, snapshots) = selected.unzip();
        Self::from_snapshots(self.data, members, snapshots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DeviceSamples, Partition};
    use crate::model::values;
    use crate::random::{Purpose, Seed};
    use crate::spec::{Config, DatasetInfo, Key, YamlNode};
    use crate::train::training_host::TrainingHost;
    use burn::backend::Flex;
    use burn::tensor::TensorData;
    use std::sync::Arc;
    use std::time::Instant;

    const SEED: Seed = Seed {
        sweep: 1,
        repeat: 0,
        fold: 0,
    };
    const SAMPLES: usize = 23;

    fn data() -> DeviceDataset<Flex> {
        let device = Default::default();
        let mut features = vec![0.0_f32; SAMPLES * 4];
        let mut stream = SEED.stream(Purpose::Subset, [0, 0]);
        stream.fill_normal(&mut features);
        let mut targets = vec![0.0_f32; SAMPLES * 3];
        for sample in 0..SAMPLES {
            targets[sample * 3 + sample % 3] = 1.0;
        }
        let samples = DeviceSamples::from_tensors(
            Tensor::from_data(TensorData::new(features, [SAMPLES, 4]), &device),
            Tensor::from_data(TensorData::new(targets, [SAMPLES, 3]), &device),
        );
        DeviceDataset {
            train: samples.clone(),
            test: samples,
            image: None,
            pad_value: Vec::new(),
        }
    }

    fn config(settings: &[(&str, &str)]) -> Config {
        let mut config = Config::default();
        for (path, yaml) in settings {
            let node = YamlNode::parse(yaml).unwrap();
            let assignment = Key::find(path).unwrap().read(&node);
            assignment.unwrap().apply(&mut config);
        }
        config.dataset_info = DatasetInfo {
            training_samples: SAMPLES,
            features: 4,
            classes: 3,
            image: None,
            ..DatasetInfo::default()
        };
        config
    }

    /// A cohort of these configurations, all with the same samples, so that it is never taken apart.
    fn cohort<'a>(data: &'a DeviceDataset<Flex>, configs: &'a [Config]) -> Cohort<'a, Flex> {
        let members = configs.iter().map(|config| Member {
            config,
            seed: SEED,
            partition: Arc::new(Partition {
                train: (0..SAMPLES as u32).collect(),
                validation: Vec::new(),
            }),
            normalisation: None,
        });
        Cohort::new(data, members.collect())
    }

    /// Checks that every value outside of the member's own rows and columns is 0.
    fn assert_padding_is_zero(tensor: &Tensor<Flex, 3>, [rows, columns]: [usize; 2], what: &str) {
        let [_, _, padded_columns] = tensor.dims();
        for (index, value) in values(tensor.clone()).into_iter().enumerate() {
            let is_inside = index / padded_columns < rows && index % padded_columns < columns;
            assert!(value.is_finite(), "{what}");
            assert!(
                is_inside || value == 0.0,
                "{what}: padding is {value} at {index}"
            );
        }
    }

    #[test]
    fn padding_is_exactly_zero_after_training() {
        let data = data();
        let optimizers = ["sgd", "adam", "adamw", "rmsprop", "adagrad", "nadam"];
        let activations = [
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
        let norms = [
            ("none", "before_activation"),
            ("batch", "before_activation"),
            ("batch", "after_activation"),
        ];
        for optimizer in optimizers {
            for activation in activations {
                for (norm, position) in norms {
                    let of = |widths: &str, activation: &str| {
                        config(&[
                            ("model.width", widths),
                            ("model.activation", activation),
                            ("model.norm", norm),
                            ("model.norm_position", position),
                            ("model.dropout", "0.2"),
                            ("training.optimizer", optimizer),
                            ("training.batch_size", "8"),
                            ("training.momentum", "0.9"),
                            ("training.centered", "true"),
                            ("training.weight_decay", "0.01"),
                            ("training.l1", "0.001"),
                            ("training.clip_value", "0.5"),
                            ("training.clip_norm", "0.5"),
                            ("training.max_norm", "2"),
                            ("training.label_smoothing", "0.1"),
                        ])
                    };
                    let configs = [
                        of("[2, 5]", activation),
                        of("[6, 3]", activation),
                        of("[4, 4]", "sigmoid"),
                    ];
                    let mut cohort = cohort(&data, &configs);
                    for epoch in 0..2 {
                        assert!(
                            cohort
                                .epoch(epoch, &TrainingHost::new(&Instant::now(), Vec::new()))
                                .is_ok()
                        );
                    }
                    for (member, config) in configs.iter().enumerate() {
                        let what =
                            format!("{optimizer}, {activation}, {norm} {position}, {member}");
                        let of_member =
                            |tensor: &Tensor<Flex, 3>| tensor.clone().narrow(0, member, 1);
                        let shapes = parameter_shapes(&config.stages());
                        let snapshot = &cohort.snapshots()[member];
                        for (tensor, snapshot) in cohort.model.state().iter().zip(&snapshot.network)
                        {
                            let [_, rows, columns] = snapshot.dims();
                            assert_padding_is_zero(&of_member(tensor), [rows, columns], &what);
                        }
                        for list in cohort.optimizer.member_state(member).lists {
                            for (tensor, &shape) in list.iter().zip(&shapes) {
                                assert_padding_is_zero(tensor, shape, &what);
                            }
                        }
                        let moved = &snapshot.network[0];
                        assert!(
                            values(moved.clone()).iter().all(|&value| value != 0.0),
                            "{what}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_cohort_rebuilt_from_its_snapshots_is_the_same() {
        let data = data();
        for optimizer in ["sgd", "adam", "rmsprop", "adagrad", "nadam"] {
            let of = |widths: &str, other: (&str, &str)| {
                config(&[
                    ("model.width", widths),
                    ("model.norm", "batch"),
                    ("training.optimizer", optimizer),
                    ("training.batch_size", "8"),
                    ("training.momentum", "0.9"),
                    ("training.schedule", "{ plateau: { patience: 0 } }"),
                    other,
                ])
            };
            let configs = [
                of("3", ("training.learning_rate", "0.01")),
                of("5", ("training.momentum_decay", "0.1")),
                of("5", ("training.optimizer", "adamw")),
            ];
            let mut uninterrupted = cohort(&data, &configs);
            let mut rebuilt = cohort(&data, &configs);
            for epoch in 0..3 {
                assert!(
                    uninterrupted
                        .epoch(epoch, &TrainingHost::new(&Instant::now(), Vec::new()))
                        .is_ok()
                );
                assert!(
                    rebuilt
                        .epoch(epoch, &TrainingHost::new(&Instant::now(), Vec::new()))
                        .is_ok()
                );
                let snapshots = rebuilt.snapshots();
                rebuilt = Cohort::from_snapshots(&data, rebuilt.members, snapshots);
            }
            let numbers = |cohort: &Cohort<Flex>| -> Vec<Vec<f32>> {
                cohort.model.state().into_iter().map(values).collect()
            };
            assert_eq!(numbers(&uninterrupted), numbers(&rebuilt), "{optimizer}");
        }
    }
}
