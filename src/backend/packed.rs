//! Bytes in device memory, four per word, because not every GPU supports 8-bit integers.

use burn::tensor::backend::Backend;
use burn::tensor::{DType, Int, Tensor, TensorData};

/// Packs samples of bytes (`[samples, features]`) into words (`[samples, ⌈features / 4⌉]`), the first byte in the
/// lowest bits. Every sample starts at a new word.
pub(super) fn pack_words<B: Backend>(
    bytes: &[u8],
    features: usize,
    device: &B::Device,
) -> Tensor<B, 2, Int> {
    let words_per_sample = features.div_ceil(4);
    let mut words = Vec::with_capacity(bytes.len() / features.max(1) * words_per_sample);
    for sample in bytes.chunks_exact(features.max(1)) {
        words.extend(sample.chunks(4).map(|chunk| {
            let mut word = [0; 4];
            word[..chunk.len()].copy_from_slice(chunk);
            u32::from_le_bytes(word)
        }));
    }
    let shape = [words.len() / words_per_sample.max(1), words_per_sample];
    // Copied as a single row, because GPUs store the rows of a matrix with gaps.
    let numbers = TensorData::new(words, [shape[0] * shape[1]]);
    Tensor::<B, 1, Int>::from_data(numbers, (device, DType::U32)).reshape(shape)
}

/// [`Backend::select_scaled`](super::Backend::select_scaled) for words.
pub(super) fn select_scaled<B: Backend>(
    words: &Tensor<B, 2, Int>,
    positions: &Tensor<B, 1, Int>,
    scale: &Tensor<B, 2>,
    shift: &Tensor<B, 2>,
) -> Tensor<B, 2> {
    let rows = words.clone().select(0, positions.clone());
    let [count, words_per_sample] = rows.dims();
    let features = scale.dims()[1];
    // Quotients and remainders instead of bit operations: burn fuses them into one kernel.
    let byte = |index: u32| {
        let shifted = rows.clone().div_scalar(1_u32 << (8 * index));
        let byte = shifted.clone() - shifted.div_scalar(256_u32).mul_scalar(256_u32);
        byte.float().reshape([count, words_per_sample, 1])
    };
    let bytes = Tensor::cat((0..4).map(byte).collect(), 2);
    let bytes = bytes
        .reshape([count, 4 * words_per_sample])
        .slice([0..count, 0..features]);
    bytes * scale.clone() + shift.clone()
}
