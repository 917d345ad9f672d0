//! The tensors from which a module of burn is made.

use burn::backend::Flex;
use burn::module::{Module, Param, ParamId, RunningState};
use burn::record::{FullPrecisionSettings, Record};
use burn::tensor::{Tensor, TensorData};
use std::collections::HashMap;

/// The serialised form of a module.
pub(super) type Stored<M> =
    <<M as Module<Flex>>::Record as Record<Flex>>::Item<FullPrecisionSettings>;

/// Serialises a module.
pub(super) fn stored<M: Module<Flex>>(module: M) -> Stored<M> {
    module.into_record().into_item()
}

/// The tensors of one stage in PyTorch's layout that are not yet in a module.
pub(crate) struct ModuleTensors<'a> {
    /// The values, by name.
    pub(crate) values: HashMap<&'static str, Vec<f32>>,
    /// The last parameter ID. burn uses random IDs, which would give different bytes each time.
    pub(crate) last_id: &'a mut u64,
}

impl ModuleTensors<'_> {
    /// The tensor with this name, in this shape.
    #[expect(
        clippy::expect_used,
        reason = "tensors made by this program, whose shapes match their values"
    )]
    pub(super) fn tensor<const D: usize>(
        &mut self,
        name: &str,
        shape: [usize; D],
    ) -> Tensor<Flex, D> {
        let values = self.values.remove(name);
        let values = values.expect("each tensor of a stage is used once");
        Tensor::from_data(TensorData::new(values, shape), &Default::default())
    }

    fn id(&mut self) -> ParamId {
        *self.last_id += 1;
        ParamId::from(*self.last_id)
    }

    /// A parameter with this value.
    pub(super) fn initialised<const D: usize>(
        &mut self,
        tensor: Tensor<Flex, D>,
    ) -> Param<Tensor<Flex, D>> {
        Param::initialized(self.id(), tensor)
    }

    /// The parameter with this name.
    pub(super) fn param<const D: usize>(
        &mut self,
        name: &str,
        shape: [usize; D],
    ) -> Param<Tensor<Flex, D>> {
        let tensor = self.tensor(name, shape);
        self.initialised(tensor)
    }

    /// The running statistic with this name.
    pub(super) fn running(&mut self, name: &str, units: usize) -> RunningState<Tensor<Flex, 1>> {
        let tensor = self.tensor(name, [units]);
        RunningState::with_id(self.id(), tensor)
    }
}
