//! What burn's GPU backends share: our kernels on burn's tensors.

use super::Backend;
use super::fused::{Batch, FeatureTable, FusedEnd, FusedStart, FusedTraining};
use burn::tensor::{DType, Shape, Tensor, TensorPrimitive};
use burn_cubecl::cubecl::server::Handle;
use burn_cubecl::tensor::CubeTensor;
use burn_cubecl::{BoolElement, CubeBackend, CubeRuntime};
use burn_fusion::stream::OperationStreams;
use burn_fusion::{Fusion, FusionTensor, NoOp, get_client};
use burn_ir::{BackendIr, InitOperationIr, OperationIr};
use step_kernels::{Features, Samples, Training};

/// The backend beneath burn's fusion.
type Plain<R, BT> = CubeBackend<R, f32, i32, BT>;

/// A GPU backend.
pub(super) type Gpu<R, BT> = Fusion<Plain<R, BT>>;

/// A cohort in training by kernels of whole steps.
struct OnGpu<R: CubeRuntime, BT> {
    training: Training<R>,
    /// What the parameters are like: client, device.
    like: CubeTensor<R>,
    shapes: Vec<[usize; 3]>,
    members: usize,
    bool_type: std::marker::PhantomData<BT>,
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
    let like = plain::<R, BT, 3>(start.parameters[0].clone());
    let device = like.client.properties();
    let has_bindings = device.hardware.max_bindings >= step_kernels::BINDINGS;
    let largest = device.memory.max_page_size;
    let has_room = start.model.fits(start.batch, largest) && start.epoch.fits(largest);
    if !has_bindings || !has_room {
        return None;
    }
    let handle = |tensor: &Tensor<Gpu<R, BT>, 3>| plain::<R, BT, 3>(tensor.clone()).handle;
    let shapes = start.parameters.iter().map(Tensor::dims).collect();
    let parameters: Vec<Handle> = start.parameters.iter().map(handle).collect();
    let lists = start
        .lists
        .iter()
        .map(|list| list.iter().map(handle).collect());
    let lists: Vec<Vec<Handle>> = lists.collect();
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
        &like.client.clone(),
        start.model,
        samples,
        &start.epoch,
        start.batch,
        &parameters,
        &lists,
    );
    Some(Box::new(OnGpu::<R, BT> {
        training,
        like,
        shapes,
        members,
        bool_type: std::marker::PhantomData,
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
        self.training.bytes()
    }

    fn finish(self: Box<Self>) -> FusedEnd<Gpu<R, BT>> {
        self.wait();
        let tensors = |handles: Vec<Handle>| {
            let own = handles.into_iter().zip(&self.shapes);
            own.map(|(handle, &shape)| self.tensor(handle, shape))
                .collect()
        };
        let sums = self.tensor(self.training.sums_handle(), [self.members, 1, 3]);
        let column = |place: usize| sums.clone().narrow(2, place, 1);
        FusedEnd {
            parameters: tensors(self.training.parameters()),
            lists: self.training.lists().into_iter().map(tensors).collect(),
            sums: Tensor::cat(vec![column(0) - column(1), column(2)], 2),
        }
    }
}

impl<R: CubeRuntime, BT: BoolElement> OnGpu<R, BT>
where
    Gpu<R, BT>:
        Backend<FloatTensorPrimitive = FusionTensor<burn_cubecl::fusion::FusionCubeRuntime<R>>>,
{
    /// A tensor of burn's that has this memory.
    fn tensor<const D: usize>(&self, handle: Handle, shape: [usize; D]) -> Tensor<Gpu<R, BT>, D> {
        let CubeTensor { client, device, .. } = &self.like;
        let (client, device, shape) = (client.clone(), device.clone(), Shape::from(shape));
        let tensor = CubeTensor::new_contiguous(client, device, shape.clone(), handle, DType::F32);
        let client = get_client::<Plain<R, BT>>(&self.like.device);
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
}

/// The tensor beneath a fused one, with its numbers in order.
fn plain<R: CubeRuntime, BT: BoolElement, const D: usize>(
    tensor: Tensor<Gpu<R, BT>, D>,
) -> CubeTensor<R>
where
    Gpu<R, BT>:
        Backend<FloatTensorPrimitive = FusionTensor<burn_cubecl::fusion::FusionCubeRuntime<R>>>,
{
    let tensor = tensor.into_primitive().tensor();
    let client = tensor.client.clone();
    contiguous(client.resolve_tensor_float::<Plain<R, BT>>(tensor))
}

/// The tensor with its numbers in order and nothing between them.
fn contiguous<R: CubeRuntime>(tensor: CubeTensor<R>) -> CubeTensor<R> {
    burn_cubecl::kernel::into_contiguous(tensor)
}
