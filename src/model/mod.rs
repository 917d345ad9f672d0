//! Networks as stacked tensors: the members of a cohort side by side in one program.

mod activation;
mod dense;
mod dropout;
mod init;
mod loss;
mod mlp;

pub use dense::{Dense, DenseGradients};
pub use dropout::DropoutNoise;
pub use loss::{Sums, cross_entropy_gradient};
pub use mlp::{Mlp, Trace};
