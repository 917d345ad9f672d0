//! Bytes in device memory, four in a word: not every GPU has numbers of eight bits.

use super::Backend;
use burn::tensor::{DType, Int, Tensor, TensorData};

/// Samples of bytes (`[samples, features]`) as words (`[samples, ⌈features / 4⌉]`), the first byte in the
/// lowest bits. Every sample begins with a word.
pub(super) fn words<B: Backend>(
    bytes: &[u8],
    features: usize,
    device: &B::Device,
) -> Tensor<B, 2, Int> {
    let of_sample = features.div_ceil(4);
    let mut words = Vec::with_capacity(bytes.len() / features.max(1) * of_sample);
    for sample in bytes.chunks_exact(features.max(1)) {
        words.extend(sample.chunks(4).map(|own| {
            let mut word = [0; 4];
            word[..own.len()].copy_from_slice(own);
            u32::from_le_bytes(word)
        }));
    }
    let shape = [words.len() / of_sample.max(1), of_sample];
    // As a row: GPUs store the rows of a matrix with gaps between them.
    let numbers = TensorData::new(words, [shape[0] * shape[1]]);
    Tensor::<B, 1, Int>::from_data(numbers, (device, DType::U32)).reshape(shape)
}

/// [`Backend::select_scaled`] for words.
pub(super) fn select_scaled<B: Backend>(
    words: &Tensor<B, 2, Int>,
    positions: &Tensor<B, 1, Int>,
    scale: &Tensor<B, 2>,
    shift: &Tensor<B, 2>,
) -> Tensor<B, 2> {
    let rows = words.clone().select(0, positions.clone());
    let [count, of_sample] = rows.dims();
    let features = scale.dims()[1];
    // Quotients and remainders in place of bit operations: burn fuses them into one kernel.
    let byte = |place: u32| {
        let shifted = rows.clone().div_scalar(1_u32 << (8 * place));
        let byte = shifted.clone() - shifted.div_scalar(256_u32).mul_scalar(256_u32);
        byte.float().reshape([count, of_sample, 1])
    };
    let bytes = Tensor::cat((0..4).map(byte).collect(), 2);
    let bytes = bytes
        .reshape([count, 4 * of_sample])
        .slice([0..count, 0..features]);
    bytes * scale.clone() + shift.clone()
}
