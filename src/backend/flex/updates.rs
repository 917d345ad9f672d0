//! Optimizer steps in one pass on burn's CPU backend.

use super::values::{Values, primitive};
use crate::backend::one_pass::{OnePassUpdates, ParameterLists};
use burn::backend::Flex;
use burn::tensor::{Tensor, TensorPrimitive};
use burn_flex::FlexTensor;
use cpu_kernels::multiply_into;
use step_kernels::{Rule, Step};

/// The maximum number of elements of a weight's gradient that exist at a time: 128 KiB, which stay in the
/// second-level cache until they are used.
const MAX_BLOCK: usize = 32 << 10;

/// Loops over slices.
pub(super) struct FlexUpdates;

impl OnePassUpdates<Flex> for FlexUpdates {
    fn update(
        &self,
        rule: Rule,
        steps: &[Step],
        parameter: Tensor<Flex, 3>,
        gradient: Tensor<Flex, 3>,
        lists: ParameterLists<Flex>,
    ) -> (Tensor<Flex, 3>, ParameterLists<Flex>) {
        let gradient = Values::row_major(gradient);
        let mut state = State::new(parameter, lists);
        for (member, step) in steps.iter().enumerate() {
            let (weights, mut lists) = state.of_member(member);
            let gradients = gradient.of_member(member);
            cpu_kernels::update(rule, step, weights, gradients, &mut lists);
        }
        state.into_tensors()
    }

    fn update_weight(
        &self,
        rule: Rule,
        steps: &[Step],
        weight: Tensor<Flex, 3>,
        input: Tensor<Flex, 3>,
        gradient: Tensor<Flex, 3>,
        lists: ParameterLists<Flex>,
    ) -> (Tensor<Flex, 3>, ParameterLists<Flex>) {
        let [_, inputs, outputs] = weight.dims();
        let [input, gradient] = [input, gradient].map(Values::row_major);
        let block_rows = balanced_block(inputs, (MAX_BLOCK / outputs.max(1)).max(1));
        let mut block = vec![0.0; block_rows * outputs];
        let mut state = State::new(weight, lists);
        for (member, step) in steps.iter().enumerate() {
            let [input, gradient] = [&input, &gradient].map(|values| values.matrix(member));
            let (weights, mut lists) = state.of_member(member);
            for first in (0..inputs).step_by(block_rows) {
                let rows = first..inputs.min(first + block_rows);
                let elements = rows.start * outputs..rows.end * outputs;
                let block = &mut block[..elements.len()];
                let input = input.columns(rows).transposed();
                multiply_into(block, 0.0, input, gradient, 1.0);
                let mut lists: Vec<&mut [f32]> = lists
                    .iter_mut()
                    .map(|list| {
                        if list.is_empty() {
                            &mut [][..]
                        } else {
                            &mut list[elements.clone()]
                        }
                    })
                    .collect();
                cpu_kernels::update(rule, step, &mut weights[elements], block, &mut lists);
            }
        }
        state.into_tensors()
    }
}

/// The number of rows of a block, at most `most`, so that blocks are of about equal size.
fn balanced_block(rows: usize, most: usize) -> usize {
    rows.div_ceil(rows.div_ceil(most).max(1)).max(1)
}

/// A parameter and its optimizer state, for writing.
struct State {
    parameter: FlexTensor,
    lists: Vec<Option<FlexTensor>>,
    /// The number of elements of a member.
    stride: usize,
}

impl State {
    fn new(parameter: Tensor<Flex, 3>, lists: ParameterLists<Flex>) -> Self {
        let [_, rows, columns] = parameter.dims();
        // In place, if no other tensor shares the values.
        let owned = |tensor| primitive(tensor).to_contiguous();
        Self {
            stride: rows * columns,
            parameter: owned(parameter),
            lists: lists.into_iter().map(|list| list.map(owned)).collect(),
        }
    }

    /// The elements of a member; a list that does not exist is empty.
    fn of_member(&mut self, member: usize) -> (&mut [f32], Vec<&mut [f32]>) {
        let elements = member * self.stride..(member + 1) * self.stride;
        let lists = self.lists.iter_mut().map(|list| match list {
            Some(list) => &mut list.storage_mut()[elements.clone()],
            None => &mut [],
        });
        let lists = lists.collect();
        (&mut self.parameter.storage_mut()[elements], lists)
    }

    fn into_tensors(self) -> (Tensor<Flex, 3>, ParameterLists<Flex>) {
        let tensor = |values| Tensor::from_primitive(TensorPrimitive::Float(values));
        let lists = self.lists.into_iter();
        let lists = lists.map(|list| list.map(tensor)).collect();
        (tensor(self.parameter), lists)
    }
}
