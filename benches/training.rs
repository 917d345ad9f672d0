//! Seconds per model-epoch of the course's baseline, against the sgemm limit of the same core.
//!
//! The baseline: an MLP 784-128-10 with ReLU, batches of 64, SGD, 60,000 samples. One thread.
//! Rounds of each program are interleaved, so that a change of the machine's speed meets all alike;
//! medians over the rounds are printed.
//!
//!     cargo bench --bench training

use burn::backend::{Autodiff, Flex};
use burn::module::{AutodiffModule, Module};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Linear, LinearConfig, Relu};
use burn::optim::{GradientsParams, Optimizer, SgdConfig};
use burn::tensor::backend::Backend;
use burn::tensor::{Distribution, Int, Tensor, TensorData};
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use tp_sweep::data::{Dataset, DeviceDataset, load, partition};
use tp_sweep::datasets::KnownSet;
use tp_sweep::random::Seed;
use tp_sweep::spec::{Config, Count, DatasetKind, Fraction};
use tp_sweep::train::{EventSink, Interrupted, Member, TrainingEvent, TrainingHost, train};

#[global_allocator]
static ALLOCATOR: alloc_tracker::TrackingAllocator<mimalloc::MiMalloc> =
    alloc_tracker::TrackingAllocator(mimalloc::MiMalloc);

/// Operations of the matrix products of one epoch: forward, and the gradients of weights and of
/// the hidden layer. The gradient of the input is never computed.
const FLOP_PER_EPOCH: f64 = 60_000.0 * 2.0 * (784.0 * 128.0 * 2.0 + 128.0 * 10.0 * 3.0);

const ROUNDS: usize = 7;

fn main() {
    let dataset = load(
        DatasetKind::Known(KnownSet::MNIST),
        &[PathBuf::from("data")],
    )
    .expect("data/mnist exists");
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("a thread");
    pool.install(|| compare(&dataset));
}

fn compare(dataset: &Dataset) {
    let device = Default::default();
    let data = DeviceDataset::<Flex>::new(dataset, &device);
    let mut plain = PlainBaseline::new(dataset);
    let mut figures: [Vec<f64>; 4] = Default::default();
    for _ in 0..ROUNDS {
        figures[0].push(sgemm_seconds());
        figures[1].push(cohort_epoch_seconds(dataset, &data, 1));
        figures[2].push(cohort_epoch_seconds(dataset, &data, 8));
        figures[3].push(plain.epoch_seconds());
    }
    let medians = figures.map(median);
    let limit = medians[0];
    println!("one core, {ROUNDS} interleaved rounds, medians, {FLOP_PER_EPOCH:.3e} FLOP an epoch");
    let names = [
        "sgemm limit",
        "tp-sweep, K = 1",
        "tp-sweep, K = 8",
        "plain burn module, autodiff",
    ];
    for (name, seconds) in names.iter().zip(medians) {
        println!(
            "{name:<28} {seconds:.4} s per model-epoch, {:.2} model-epochs/s, {:.0} GFLOP/s, {:.0} % of the limit",
            1.0 / seconds,
            FLOP_PER_EPOCH / seconds / 1e9,
            100.0 * limit / seconds,
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Seconds that the operations of an epoch take in large square matrix products.
fn sgemm_seconds() -> f64 {
    const SIZE: usize = 1024;
    let device = Default::default();
    let matrix = || Tensor::<Flex, 2>::random([SIZE, SIZE], Distribution::Default, &device);
    let (a, b) = (matrix(), matrix());
    let products = (FLOP_PER_EPOCH / (2.0 * (SIZE as f64).powi(3))).ceil();
    let started = Instant::now();
    for _ in 0..products as usize {
        black_box(a.clone().matmul(b.clone()));
    }
    let flop = products * 2.0 * (SIZE as f64).powi(3);
    started.elapsed().as_secs_f64() * FLOP_PER_EPOCH / flop
}

/// Seconds for each member of the second epoch of a cohort of `members` seeds.
fn cohort_epoch_seconds(dataset: &Dataset, data: &DeviceDataset<Flex>, members: u32) -> f64 {
    let mut config = Config::default();
    config.validation.holdout = Fraction::new(0.0);
    config.training.epochs = Count::new(2).expect("2 is a count");
    let partition = Arc::new(partition(&dataset.train.labels, &config, 0, 0));
    let members: Vec<Member> = (0..members)
        .map(|repeat| Member {
            config: &config,
            seed: Seed {
                sweep: 0,
                repeat,
                fold: 0,
            },
            partition: Arc::clone(&partition),
            normalisation: None,
        })
        .collect();
    let mut timer = EpochTimer { seconds: 0.0 };
    let started = Instant::now();
    let mut host = TrainingHost::new(&started, vec![&mut timer]);
    train(data, &members, &mut host).expect("no interrupt");
    timer.seconds
}

struct EpochTimer {
    seconds: f64,
}

impl EventSink for EpochTimer {
    fn receive(&mut self, event: TrainingEvent) -> Result<(), Interrupted> {
        if let TrainingEvent::EpochEnd { metrics, .. } = event {
            self.seconds = metrics.seconds;
        }
        Ok(())
    }
}

type Plain = Autodiff<Flex>;

/// The same model as a user of burn would write it: unstacked, with autodiff and burn's SGD.
#[derive(Module, Debug)]
struct PlainModel<B: Backend> {
    hidden: Linear<B>,
    output: Linear<B>,
    activation: Relu,
}

impl<B: Backend> PlainModel<B> {
    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        self.output
            .forward(self.activation.forward(self.hidden.forward(input)))
    }
}

struct PlainBaseline {
    model: Option<PlainModel<Plain>>,
    features: Tensor<Plain, 2>,
    labels: Tensor<Plain, 1, Int>,
}

impl PlainBaseline {
    fn new(dataset: &Dataset) -> Self {
        let device = Default::default();
        let samples = &dataset.train;
        let shape = [samples.labels.len(), samples.features];
        let labels: Vec<i32> = samples.labels.iter().map(|&label| label.into()).collect();
        Self {
            model: Some(PlainModel {
                hidden: LinearConfig::new(784, 128).init(&device),
                output: LinearConfig::new(128, 10).init(&device),
                activation: Relu::new(),
            }),
            features: Tensor::from_data(
                TensorData::new(samples.normalised(dataset.published.as_ref()), shape),
                &device,
            ),
            labels: Tensor::from_data(labels.as_slice(), &device),
        }
    }

    fn epoch_seconds(&mut self) -> f64 {
        let device = Default::default();
        let mut model = self.model.take().expect("put back after each epoch");
        let mut sgd = SgdConfig::new().init();
        let loss = CrossEntropyLossConfig::new().init(&device);
        let count = self.features.dims()[0];
        let mut order: Vec<i32> = (0..count as i32).collect();
        let seed = Seed {
            sweep: 1,
            repeat: 0,
            fold: 0,
        };
        seed.stream(tp_sweep::random::Purpose::BatchOrder, [0, 0])
            .shuffle(&mut order);
        let started = Instant::now();
        let order = Tensor::<Plain, 1, Int>::from_data(order.as_slice(), &device);
        for start in (0..count).step_by(64) {
            let batch = order.clone().narrow(0, start, 64.min(count - start));
            let input = self.features.clone().select(0, batch.clone());
            let labels = self.labels.clone().select(0, batch);
            let value = loss.forward(model.forward(input), labels);
            let gradients = GradientsParams::from_grads(value.backward(), &model);
            model = sgd.step(0.01, model, gradients);
        }
        let seconds = started.elapsed().as_secs_f64();
        black_box(model.valid());
        self.model = Some(model);
        seconds
    }
}
