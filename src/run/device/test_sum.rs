//! A first computation on a device.

use crate::backend::Backend;
use crate::run::executor::probe::probe_silently;
use burn::tensor::{ElementConversion, Tensor};

/// Whether a device adds up eight ones correctly.
pub(super) fn computes<B: Backend>(device: &B::Device) -> bool {
    let sum = probe_silently(|| {
        let ones = Tensor::<B, 1>::ones([8], device);
        ones.sum().into_scalar().elem::<f32>()
    });
    sum == Some(8.0)
}
