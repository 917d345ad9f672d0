//! The kinds of starter projects.

use std::path::{Path, PathBuf};

/// What a starter project is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StarterKind {
    /// The six axes of the course, with a guide.
    Course,
    /// Fully connected networks on MNIST.
    Mlp,
    /// Convolutional networks on MNIST.
    Cnn,
    /// The user's table, with an example.
    Table,
    /// The user's images, with examples.
    Images,
}

impl StarterKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Course,
        Self::Mlp,
        Self::Cnn,
        Self::Table,
        Self::Images,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Course => "course",
            Self::Mlp => "mlp",
            Self::Cnn => "cnn",
            Self::Table => "table",
            Self::Images => "images",
        }
    }

    /// The sweep file to start with, in the folder of the project.
    pub fn first_sweep(self) -> PathBuf {
        match self {
            Self::Course => Path::new("sweeps").join("axe2.yaml"),
            Self::Mlp | Self::Cnn | Self::Table | Self::Images => {
                PathBuf::from(format!("{}.yaml", self.name()))
            }
        }
    }
}
