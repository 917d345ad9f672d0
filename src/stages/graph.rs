//! A stage as a node of a graph.

/// The node of a stage in the graph of TensorBoard.
#[derive(Clone, Debug, PartialEq)]
pub struct StageNode {
    /// Its name, which is unique in a layer.
    pub name: &'static str,
    /// The operation, named as in PyTorch.
    pub operation: &'static str,
    /// The shape of the output, if it is shown as an image: height, width and channels.
    pub image: Option<[usize; 3]>,
    /// Settings, by name.
    pub attributes: Vec<(&'static str, String)>,
}

impl StageNode {
    /// A node without settings, whose output is shown as a row of values.
    pub(super) fn new(name: &'static str, operation: &'static str) -> Self {
        Self {
            name,
            operation,
            image: None,
            attributes: Vec::new(),
        }
    }
}
