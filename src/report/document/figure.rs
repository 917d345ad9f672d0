//! A figure of a report.

/// A figure of a report.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The name of its file, without the extension.
    pub name: String,
    /// The caption.
    pub caption: String,
    /// The figure as SVG.
    pub svg: String,
    /// The figure as PNG, if the sweep file asks for it.
    pub png: Option<Vec<u8>>,
}

impl Figure {
    /// The name of its file with this extension.
    pub fn file(&self, extension: &str) -> String {
        format!("{}.{extension}", self.name)
    }
}
