//! The shape of a sample between two stages.

/// The shape of a sample between two stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleShape {
    /// Height, width and channels.
    Image([usize; 3]),
    /// This number of values.
    Row(usize),
}

impl SampleShape {
    /// The samples of a data set of this number of features, or of images of this shape.
    pub(crate) fn input(features: usize, image: Option<[usize; 3]>) -> Self {
        image.map_or(Self::Row(features), Self::Image)
    }

    /// The number of values.
    pub(crate) fn features(self) -> usize {
        match self {
            Self::Image([height, width, channels]) => height * width * channels,
            Self::Row(features) => features,
        }
    }

    /// The channels of an image, or the values of a row.
    pub(crate) fn units(self) -> usize {
        match self {
            Self::Image([_, _, channels]) => channels,
            Self::Row(features) => features,
        }
    }

    /// Its shape in PyTorch.
    pub(crate) fn shape(self) -> Vec<usize> {
        match self {
            Self::Image([height, width, channels]) => vec![channels, height, width],
            Self::Row(features) => vec![features],
        }
    }

    /// Height, width and channels, for a stage that needs an image.
    ///
    /// # Errors
    /// It is not an image. `what` names the stage in the message.
    pub(super) fn image(self, what: &str) -> Result<[usize; 3], String> {
        match self {
            Self::Image(image) => Ok(image),
            Self::Row(_) => Err(format!("{what} needs an image, but its input is a row")),
        }
    }
}

/// The number of outputs of a layer that is not trusted.
///
/// # Errors
/// There are none.
pub(super) fn checked_outputs(outputs: usize) -> Result<usize, String> {
    match outputs {
        0 => Err("it has no outputs".to_owned()),
        _ => Ok(outputs),
    }
}
