//! A picture of a report.

/// A picture of a report.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What its file is called, without the extension.
    pub name: String,
    /// What it shows.
    pub caption: String,
    /// The picture.
    pub svg: String,
    /// The picture in pixels, where that was asked for.
    pub png: Option<Vec<u8>>,
}

impl Figure {
    /// The name of its file of this kind.
    pub fn file(&self, extension: &str) -> String {
        format!("{}.{extension}", self.name)
    }
}
