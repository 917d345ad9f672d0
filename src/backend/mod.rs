//! A burn backend, with the operations of its own that training needs.

/// A burn backend that models are trained on.
pub trait Backend: burn::tensor::backend::Backend {}

impl<B: burn::tensor::backend::Backend> Backend for B {}
