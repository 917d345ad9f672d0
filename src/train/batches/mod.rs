//! The batches of an epoch: which samples each member sees, in which order, and how images move.

mod augmentation;
mod batch_plan;
mod sample_order;

pub(super) use batch_plan::{Batch, BatchPlan, EpochOrder};
pub(super) use sample_order::SampleOrders;
