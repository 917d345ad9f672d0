//! Runs the kernels of `step-kernels` on the tensors of burn's GPU backends.

use super::fused::{Batch, FeatureTable, FusedEnd, FusedStart, FusedState, FusedTraining};
use burn::tensor::backend::Backend;
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

/// The backend without burn's fusion.
type Unfused<R, BT> = CubeBackend<R, f32, i32, BT>;

/// A GPU backend.
pub(super) type Gpu<R, BT> = Fusion<Unfused<R, BT>>;

/// A cohort that kernels of whole steps train.
struct GpuTraining<R: CubeRuntime, BT> {
    training: Training<R>,
    client: ComputeClient<R>,
    device: R::Device,
    /// The shapes of the parameters.
    shapes: Vec<[usize; 3]>,
    /// The shapes of the running statistics.
    statistics_shapes: Vec<[usize; 3]>,
    members: usize,
    bool_type: PhantomData<BT>,
}

/// Copies a cohort to its device; `None` if a buffer would be larger, or a kernel would have more
/// buffers, than the device allows.
pub(super) fn fused_training<R: CubeRuntime, BT: BoolElement>(
    start: FusedStart<Gpu<R, BT>>,
) -> Option<Box<dyn FusedTraining<Gpu<R, BT>>>>
where
    Gpu<R, BT>: Backend<FloatTensorPrimitive = FusionTensor<burn_cubecl::fusion::FusionCubeRuntime<R>>>
        + Backend<
            IntTensorPrimitive = FusionTensor<burn_cubecl::fusion::FusionCubeRuntime<R>>,
            Device = R::Device,
        >,
{
    let device = start.targets.device();
    let client = R::client(&device);
    let properties = client.properties();
    let has_bindings = properties.hardware.max_bindings >= step_kernels::MAX_BINDINGS;
    let max_bytes = properties.memory.max_page_size;
    let has_room = start.model.fits(start.batch, max_bytes) && start.epoch.fits(max_bytes);
    if !has_bindings || !has_room {
        return None;
    }
    let FusedState {
        parameters,
        lists,
        statistics,
    } = &start.state;
    let handles = |tensors: &Vec<Tensor<Gpu<R, BT>, 3>>| -> Vec<Handle> {
        let handle = |tensor: &Tensor<_, 3>| resolved_contiguous::<R, BT, 3>(tensor.clone()).handle;
        tensors.iter().map(handle).collect()
    };
    let state = State {
        parameters: handles(parameters),
        lists: lists.iter().map(handles).collect(),
        statistics: handles(statistics),
    };
    let shapes = parameters.iter().map(Tensor::dims).collect();
    let statistics_shapes = statistics.iter().map(Tensor::dims).collect();
    let count = start.targets.dims()[0];
    let features = match start.features {
        FeatureTable::Floats(tensor) => {
            Features::Numbers(resolved_contiguous::<R, BT, 2>(tensor).handle)
        }
        FeatureTable::PackedBytes(tensor) => {
            let tensor = tensor.into_primitive();
            let client = tensor.client.clone();
            let tensor = client.resolve_tensor_int::<Unfused<R, BT>>(tensor);
            Features::Bytes(contiguous(tensor).handle)
        }
    };
    let samples = Samples {
        features,
        targets: resolved_contiguous::<R, BT, 2>(start.targets).handle,
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
    Some(Box::new(GpuTraining::<R, BT> {
        training,
        client,
        device,
        shapes,
        statistics_shapes,
        members,
        bool_type: PhantomData,
    }))
}

impl<R: CubeRuntime, BT: BoolElement> FusedTraining<Gpu<R, BT>> for GpuTraining<R, BT>
where
    Gpu<R, BT>:
        Backend<FloatTensorPrimitive = FusionTensor<burn_cubecl::fusion::FusionCubeRuntime<R>>>,
{
    fn step(&mut self, batch: Batch) {
        self.training.step(batch);
    }

    fn wait(&self) {
        // The scheduler catches the panic and records it as a failure of the cohort.
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
            let pairs = handles.into_iter().zip(shapes);
            pairs
                .map(|(handle, &shape)| {
                    tensor::<R, BT, 3>(&self.client, &self.device, handle, shape)
                })
                .collect()
        };
        let state = self.training.state();
        let lists = state.lists.into_iter();
        let state = FusedState {
            parameters: tensors(state.parameters, &self.shapes),
            lists: lists.map(|list| tensors(list, &self.shapes)).collect(),
            statistics: tensors(state.statistics, &self.statistics_shapes),
        };
        let sums = tensor::<R, BT, 3>(
            &self.client,
            &self.device,
            self.training.sums_handle(),
            [self.members, 1, 3],
        );
        let column = |index: usize| sums.clone().narrow(2, index, 1);
        FusedEnd {
            state,
            sums: Tensor::cat(vec![column(0) - column(1), column(2)], 2),
        }
    }
}

/// [`Backend::product`](super::Backend::product), in float32 on every device, by a kernel that reads its operands in place.
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
    let record = || record_bytes(&left.client);
    let handle = step_kernels::product(&left.client, &left_matrices, &right_matrices, record);
    let shape = [left_members.max(right_members), rows, columns];
    tensor::<R, BT, 3>(&left.client, &left.device, handle, shape)
}

thread_local! {
    /// The maximum of the bytes in use at this thread's products; `None` unless `peak_bytes` is running.
    static MAX_BYTES: Cell<Option<u64>> = const { Cell::new(None) };
}

/// [`Backend::peak_bytes`](super::Backend::peak_bytes), as counted by cubecl's allocator for this thread.
pub(super) fn peak_bytes<R: CubeRuntime, BT: BoolElement>(
    _: PhantomData<Gpu<R, BT>>,
    device: &R::Device,
    work: &mut dyn FnMut(),
) -> Option<u64>
where
    Gpu<R, BT>: Backend<Device = R::Device>,
{
    let client = R::client(device);
    // Otherwise, operations that burn queued earlier would count as part of `work`.
    let settle = || <Gpu<R, BT> as Backend>::sync(device).ok();
    settle();
    let before = client.memory_usage().ok()?.bytes_in_use;
    let _recording = PeakRecording::from(before);
    work();
    settle();
    record_bytes(&client);
    MAX_BYTES.get().map(|max| max.saturating_sub(before))
}

/// Ends the recording of this thread when it is dropped, also by a panic.
struct PeakRecording;

impl From<u64> for PeakRecording {
    fn from(bytes: u64) -> Self {
        MAX_BYTES.set(Some(bytes));
        Self
    }
}

impl Drop for PeakRecording {
    fn drop(&mut self) {
        MAX_BYTES.set(None);
    }
}

fn record_bytes<R: CubeRuntime>(client: &ComputeClient<R>) {
    if let Some(max) = MAX_BYTES.get()
        && let Ok(usage) = client.memory_usage()
    {
        MAX_BYTES.set(Some(max.max(usage.bytes_in_use)));
    }
}

fn matrices<R: CubeRuntime>(tensor: &CubeTensor<R>) -> Matrices {
    let three = |sizes: &[usize]| [sizes[0], sizes[1], sizes[2]];
    Matrices {
        handle: tensor.handle.clone(),
        shape: three(tensor.meta.shape()),
        strides: three(tensor.meta.strides()),
    }
}

/// A burn tensor on this device that uses this memory.
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
    let shape = Shape::from(shape);
    let tensor = CubeTensor::new_contiguous(
        client.clone(),
        device.clone(),
        shape.clone(),
        handle,
        DType::F32,
    );
    let client = get_client::<Unfused<R, BT>>(device);
    let handle = Unfused::<R, BT>::float_tensor_handle(tensor);
    let created =
        InitOperationIr::create(shape, DType::F32, || client.register_tensor_handle(handle));
    let mut outputs = client.register(
        OperationStreams::default(),
        OperationIr::Init(created),
        NoOp::<Unfused<R, BT>>::new(),
    );
    let tensor = outputs.pop().expect("an init operation creates one tensor");
    Tensor::from_primitive(TensorPrimitive::Float(tensor))
}

/// The unfused tensor, contiguous.
fn resolved_contiguous<R: CubeRuntime, BT: BoolElement, const D: usize>(
    tensor: Tensor<Gpu<R, BT>, D>,
) -> CubeTensor<R>
where
    Gpu<R, BT>:
        Backend<FloatTensorPrimitive = FusionTensor<burn_cubecl::fusion::FusionCubeRuntime<R>>>,
{
    contiguous(resolved::<R, BT, D>(tensor))
}

/// The unfused tensor, in its current memory layout.
fn resolved<R: CubeRuntime, BT: BoolElement, const D: usize>(
    tensor: Tensor<Gpu<R, BT>, D>,
) -> CubeTensor<R>
where
    Gpu<R, BT>:
        Backend<FloatTensorPrimitive = FusionTensor<burn_cubecl::fusion::FusionCubeRuntime<R>>>,
{
    let tensor = tensor.into_primitive().tensor();
    let client = tensor.client.clone();
    client.resolve_tensor_float::<Unfused<R, BT>>(tensor)
}

/// The tensor in row-major order without gaps.
fn contiguous<R: CubeRuntime>(tensor: CubeTensor<R>) -> CubeTensor<R> {
    burn_cubecl::kernel::into_contiguous(tensor)
}
