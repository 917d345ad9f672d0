use tp_sweep::{data::*, spec::*, train::*, random::Seed, event::*};
use burn::backend::Flex;
#[global_allocator]
static A: mimalloc::MiMalloc = mimalloc::MiMalloc;
struct O(std::time::Instant);
impl Observer for O {
    fn seconds(&self) -> f64 { self.0.elapsed().as_secs_f64() }
    fn interrupted(&self) -> bool { false }
    fn epoch_finished(&mut self, m: usize, e: &EpochMetrics) { println!("{m} {e:?}"); }
}
fn main() {
    let d = load(DataSet::Mnist, &["data".into()]).unwrap();
    let dd = DeviceDataset::<Flex>::new(&d, &Default::default());
    let mut c = Config::default();
    c.validation.holdout = Fraction::new(0.0);
    c.training.epochs = Count::new(5).unwrap();
    let m = Member { config: &c, seed: Seed { sweep: 0, repeat: 0, fold: 0 }, partition: partition(&d.train.labels, &c, 0, 0) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let out = pool.install(|| train(&dd, &[m], &mut O(std::time::Instant::now())));
    println!("{out:?}");
}
