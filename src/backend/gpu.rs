//! What burn's GPU backends share: our kernels on burn's tensors.

use super::Backend;
use super::fused::{Batch, FeatureTable, FusedEnd, FusedStart, FusedState, FusedTraining};
use burn::tensor::{DType, Shape, Tensor, TensorPrimitive};
use burn_cubecl::cubecl::client::ComputeClient;
use burn_cubecl::cubecl::server::Handle;
use burn_cubecl::tensor::CubeTensor;
use burn_cubecl::{BoolElement, CubeBackend, CubeRuntime};
use burn_fusion::stream::OperationStreams;
use burn_fusion::{Fusion, FusionTensor, NoOp, get_client};
use burn_ir::{BackendIr, InitOperationIr, OperationIr};
use std::cell::Cell;
use std::marker::PhantomData;
use step_kernels::{Features, Matrices, Samples, State, Training};

/// The backend beneath burn's fusion.
type Plain<R, BT> = CubeBackend<R, f32, i32, BT>;

/// A GPU backend.
pub(super) type Gpu<R, BT> = Fusion<Plain<R, BT>>;

/// A cohort in training by kernels of whole steps.
struct OnGpu<R: CubeRuntime, BT> {
    training: Training<R>,
    client: ComputeClient<R>,
    device: R::Device,
    /// The shapes of the parameters.
    shapes: Vec<[usize; 3]>,
    /// The shapes of the running statistics.
    statistics: Vec<[usize; 3]>,
    members: usize,
    bool_type: PhantomData<BT>,
}

/// Puts a cohort on its device; nothing where a buffer would be larger, or a kernel would have
/// more of them, than the device allows.
pub(super) fn fused<R: CubeRuntime, BT: BoolElement>(
    start: FusedStart<Gpu<R, BT>>,
) -> Option<Box<dyn FusedTraining<Gpu<R, BT>>>>
where
    Gpu<R, BT>: Backend<FloatTensorPrimitive = FusionTensor<burn_cubecl::fusion::FusionCubeRuntime<R>>>
        + burn::tensor::backend::Backend<
            IntTensorPrimitive = FusionTensor<burn_cubecl::fusion::FusionCubeRuntime<R>>,
            Device = R::Device,
        >,
{
    let device = start.targets.device();
    let client = R::client(&device);
    let properties = client.properties();
    let has_bindings = properties.hardware.max_bindings >= step_kernels::BINDINGS;
    let largest = properties.memory.max_page_size;
    let has_room = start.model.fits(start.batch, largest) && start.epoch.fits(largest);
    if !has_bindings || !has_room {
        return None;
    }
    let FusedState {
        parameters,
        lists,
        statistics,
    } = &start.state;
    let handles = |tensors: &Vec<Tensor<Gpu<R, BT>, 3>>| -> Vec<Handle> {
        let handle = |tensor: &Tensor<_, 3>| plain::<R, BT, 3>(tensor.clone()).handle;
        tensors.iter().map(handle).collect()
    };
    let state = State {
        parameters: handles(parameters),
        lists: lists.iter().map(handles).collect(),
        statistics: handles(statistics),
    };
    let shapes = parameters.iter().map(Tensor::dims).collect();
    let of_statistics = statistics.iter().map(Tensor::dims).collect();
    let count = start.targets.dims()[0];
    let features = match start.features {
        FeatureTable::Numbers(tensor) => Features::Numbers(plain::<R, BT, 2>(tensor).handle),
        FeatureTable::Words(tensor) => {
            let tensor = tensor.into_primitive();
            let client = tensor.client.clone();
            let tensor = client.resolve_tensor_int::<Plain<R, BT>>(tensor);
            Features::Bytes(contiguous(tensor).handle)
        }
    };
    let samples = Samples {
        features,
        targets: plain::<R, BT, 2>(start.targets).handle,
        count,
    };
    let members = start.model.members();
    let training = Training::new(
        &client,
        start.model,
        samples,
        &start.epoch,
        start.batch,
        &state,
    );
    Some(Box::new(OnGpu::<R, BT> {
        training,
        client,
        device,
        shapes,
        statistics: of_statistics,
        members,
        bool_type: PhantomData,
    }))
}

impl<R: CubeRuntime, BT: BoolElement> FusedTraining<Gpu<R, BT>> for OnGpu<R, BT>
where
    Gpu<R, BT>:
        Backend<FloatTensorPrimitive = FusionTensor<burn_cubecl::fusion::FusionCubeRuntime<R>>>,
{
    fn step(&mut self, batch: Batch) {
        self.training.step(batch);
    }

    fn wait(&self) {
        // A panic of this thread is a failure of the cohort, which the scheduler catches.
        if let Err(error) = self.training.wait() {
            panic!("the device failed: {error}");
        }
    }

    fn bytes(&self) -> u64 {
        self.training.bytes() + self.training.state_bytes()
    }

    fn finish(self: Box<Self>) -> FusedEnd<Gpu<R, BT>> {
        self.wait();
        let tensors = |handles: Vec<Handle>, shapes: &[[usize; 3]]| {
            let own = handles.into_iter().zip(shapes);
            own.map(|(handle, &shape)| {
                tensor::<R, BT, 3>(&self.client, &self.device, handle, shape)
            })
            .collect()
        };
        let state = self.training.state();
        let lists = state.lists.into_iter();
        let state = FusedState {
            parameters: tensors(state.parameters, &self.shapes),
            lists: lists.map(|list| tensors(list, &self.shapes)).collect(),
            statistics: tensors(state.statistics, &self.statistics),
        };
        let sums = tensor::<R, BT, 3>(
            &self.client,
            &self.device,
            self.training.sums_handle(),
            [self.members, 1, 3],
        );
        let column = |place: usize| sums.clone().narrow(2, place, 1);
        FusedEnd {
            state,
            sums: Tensor::cat(vec![column(0) - column(1), column(2)], 2),
        }
    }
}

/// [`Backend::product`], in float32 on every device, by a kernel that reads its operands in place.
pub(super) fn product<R: CubeRuntime, BT: BoolElement>(
    left: Tensor<Gpu<R, BT>, 3>,
    right: Tensor<Gpu<R, BT>, 3>,
) -> Tensor<Gpu<R, BT>, 3>
where
    Gpu<R, BT>:
        Backend<FloatTensorPrimitive = FusionTensor<burn_cubecl::fusion::FusionCubeRuntime<R>>>,
{
    let [left_members, rows, _] = left.dims();
    let [right_members, _, columns] = right.dims();
    let left = resolved::<R, BT, 3>(left);
    let [left_matrices, right_matrices] = [&left, &resolved::<R, BT, 3>(right)].map(matrices::<R>);
    let note = || note_bytes(&left.client);
    let handle = step_kernels::product(&left.client, &left_matrices, &right_matrices, note);
    let shape = [left_members.max(right_members), rows, columns];
    tensor::<R, BT, 3>(&left.client, &left.device, handle, shape)
}

thread_local! {
    /// The maximum of the bytes in use at this thread's products; `None` unless `peak_bytes` is running.
    static MAX_BYTES: Cell<Option<u64>> = const { Cell::new(None) };
}

/// [`Backend::peak_bytes`], as counted by cubecl's allocator for this thread.
pub(super) fn peak_bytes<R: CubeRuntime, BT: BoolElement>(
    _: PhantomData<Gpu<R, BT>>,
    device: &R::Device,
    work: &mut dyn FnMut(),
) -> Option<u64>
where
    Gpu<R, BT>: burn::tensor::backend::Backend<Device = R::Device>,
{
    let client = R::client(device);
    // Otherwise, operations that burn has queued before would count as part of `work`.
    let settle = || <Gpu<R, BT> as burn::tensor::backend::Backend>::sync(device).ok();
    settle();
    let before = client.memory_usage().ok()?.bytes_in_use;
    let _counting = Counting::from(before);
    work();
    settle();
    note_bytes(&client);
    MAX_BYTES.get().map(|most| most.saturating_sub(before))
}

/// Ends the counting of this thread when it is dropped, also by a panic.
struct Counting;

impl From<u64> for Counting {
    fn from(bytes: u64) -> Self {
        MAX_BYTES.set(Some(bytes));
        Self
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        MAX_BYTES.set(None);
    }
}

fn note_bytes<R: CubeRuntime>(client: &ComputeClient<R>) {
    if let Some(most) = MAX_BYTES.get()
        && let Ok(usage) = client.memory_usage()
    {
        MAX_BYTES.set(Some(most.max(usage.bytes_in_use)));
    }
}

fn matrices<R: CubeRuntime>(tensor: &CubeTensor<R>) -> Matrices {
    let three = |numbers: &[usize]| [numbers[0], numbers[1], numbers[2]];
    Matrices {
        handle: tensor.handle.clone(),
        shape: three(tensor.meta.shape()),
        strides: three(tensor.meta.strides()),
    }
}

/// A burn tensor that uses this memory, on the device of `like`.
fn tensor<R: CubeRuntime, BT: BoolElement, const D: usize>(
    client: &ComputeClient<R>,
    device: &R::Device,
    handle: Handle,
    shape: [usize; D],
) -> Tensor<Gpu<R, BT>, D>
where
    Gpu<R, BT>:
        Backend<FloatTensorPrimitive = FusionTensor<burn_cubecl::fusion::FusionCubeRuntime<R>>>,
{
    let (own, shape) = ((client.clone(), device.clone()), Shape::from(shape));
    let tensor = CubeTensor::new_contiguous(own.0, own.1, shape.clone(), handle, DType::F32);
    let client = get_client::<Plain<R, BT>>(device);
    let handle = Plain::<R, BT>::float_tensor_handle(tensor);
    let created =
        InitOperationIr::create(shape, DType::F32, || client.register_tensor_handle(handle));
    let mut outputs = client.register(
        OperationStreams::default(),
        OperationIr::Init(created),
        NoOp::<Plain<R, BT>>::new(),
    );
    let tensor = outputs.pop().expect("what is created is one tensor");
    Tensor::from_primitive(TensorPrimitive::Float(tensor))
}

/// The tensor beneath a fused one, with its numbers in order.
fn plain<R: CubeRuntime, BT: BoolElement, const D: usize>(
    tensor: Tensor<Gpu<R, BT>, D>,
) -> CubeTensor<R>
where
    Gpu<R, BT>:
        Backend<FloatTensorPrimitive = FusionTensor<burn_cubecl::fusion::FusionCubeRuntime<R>>>,
{
    contiguous(resolved::<R, BT, D>(tensor))
}

/// The tensor beneath a fused one, in its current memory layout.
fn resolved<R: CubeRuntime, BT: BoolElement, const D: usize>(
    tensor: Tensor<Gpu<R, BT>, D>,
) -> CubeTensor<R>
where
    Gpu<R, BT>:
        Backend<FloatTensorPrimitive = FusionTensor<burn_cubecl::fusion::FusionCubeRuntime<R>>>,
{
    let tensor = tensor.into_primitive().tensor();
    let client = tensor.client.clone();
    client.resolve_tensor_float::<Plain<R, BT>>(tensor)
}

/// The tensor with its numbers in order and nothing between them.
fn contiguous<R: CubeRuntime>(tensor: CubeTensor<R>) -> CubeTensor<R> {
    burn_cubecl::kernel::into_contiguous(tensor)
}
