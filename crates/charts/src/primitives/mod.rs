//! The primitives of a drawing: points, colours, shapes and texts.

pub(crate) mod colour;
pub(crate) mod font;
pub(crate) mod geometry;
pub(crate) mod mark;
pub(crate) mod marker;
pub(crate) mod paint;
pub(crate) mod pixel_image;
pub(crate) mod polyline;
pub(crate) mod text;
pub(crate) mod text_width;
