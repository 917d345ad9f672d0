//! The operations on burn's CPU backend: plain loops and matrix products over slices.
//!
//! Members are computed one after the other, each exactly as if it were alone.

mod activations;
mod batch_norm;
mod blocks;
mod images;
mod operations;
mod updates;
mod values;
