//! Samples as pictures.

use super::dataset::{Dataset, Values};

/// Maximum height and width of a picture, in pixels. Larger images are reduced to every second, third, …
/// pixel.
const MAX_SIDE: usize = 96;

/// A sample as a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Height in pixels.
    pub height: usize,
    /// Width in pixels.
    pub width: usize,
    /// Red, green and blue of each pixel: `[height, width, 3]`.
    pub rgb: Vec<u8>,
}

impl Dataset {
    /// The sample at this position of the training part as a picture. `None` if it does not exist, or if
    /// it is not an image of 1 or 3 channels. Numbers that are not bytes are scaled from the smallest
    /// to the largest of the sample.
    pub fn picture(&self, sample: usize) -> Option<Picture> {
        let [height, width, channels] = self.image?;
        let features = self.train.features;
        let range = sample.checked_mul(features)?..(sample + 1).checked_mul(features)?;
        let values = match &self.train.values {
            Values::Bytes(bytes) => bytes.get(range)?.to_vec(),
            Values::Floats(values) => scaled(values.get(range)?),
        };
        let step = height.max(width).div_ceil(MAX_SIDE).max(1);
        let pixel = |row: usize, column: usize| {
            let at = (row * width + column) * channels;
            match values[at..at + channels] {
                [grey] => Some([grey; 3]),
                [red, green, blue] => Some([red, green, blue]),
                _ => None,
            }
        };
        let rows = || (0..height).step_by(step);
        let columns = || (0..width).step_by(step);
        let pixels = rows().flat_map(|row| columns().map(move |column| (row, column)));
        let rgb: Option<Vec<[u8; 3]>> = pixels.map(|(row, column)| pixel(row, column)).collect();
        Some(Picture {
            height: rows().len(),
            width: columns().len(),
            rgb: rgb?.concat(),
        })
    }
}

/// The values, scaled so that the smallest becomes 0 and the largest 255. Missing values become 0.
fn scaled(values: &[f32]) -> Vec<u8> {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let low = finite().fold(f32::INFINITY, f32::min);
    let high = finite().fold(f32::NEG_INFINITY, f32::max);
    // The conversion saturates, and makes 0 of what is not a number.
    let scale = |value: &f32| ((value - low) / (high - low) * 255.0).round() as u8;
    values.iter().map(scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Samples;

    fn dataset(values: Values, image: [usize; 3]) -> Dataset {
        let train = Samples {
            features: image.iter().product(),
            labels: vec![0; values.len() / image.iter().product::<usize>()],
            values,
        };
        Dataset {
            image: Some(image),
            ..Dataset::from_rows(train.clone(), train, vec!["0".to_owned()])
        }
    }

    #[test]
    fn grey_and_coloured_samples_become_pictures() {
        let grey = dataset(Values::Bytes(vec![1, 2, 3, 4, 5, 6]), [1, 2, 1]);
        assert_eq!(grey.picture(1).unwrap().rgb, [3, 3, 3, 4, 4, 4]);
        assert_eq!(grey.picture(3), None);
        assert_eq!(grey.picture(usize::MAX), None);
        let coloured = dataset(Values::Bytes(vec![1, 2, 3]), [1, 1, 3]);
        assert_eq!(coloured.picture(0).unwrap().rgb, [1, 2, 3]);
        let other = dataset(Values::Bytes(vec![1, 2]), [1, 1, 2]);
        assert_eq!(other.picture(0), None);
        let table = Dataset {
            image: None,
            ..coloured
        };
        assert_eq!(table.picture(0), None);
    }

    #[test]
    fn a_large_image_is_reduced() {
        let bytes: Vec<u8> = (0..200).collect();
        let picture = dataset(Values::Bytes(bytes), [1, 200, 1])
            .picture(0)
            .unwrap();
        assert_eq!((picture.height, picture.width), (1, 67));
        assert_eq!(picture.rgb[..6], [0, 0, 0, 3, 3, 3]);
        assert_eq!(picture.rgb.len(), 3 * 67);
    }

    #[test]
    fn numbers_are_scaled_to_bytes() {
        let numbers = Values::Floats(vec![-1.0, 0.0, 1.0, f32::NAN]);
        let picture = dataset(numbers, [2, 2, 1]).picture(0).unwrap();
        assert_eq!(
            picture.rgb,
            [0, 0, 0, 128, 128, 128, 255, 255, 255, 0, 0, 0]
        );
        let constant = dataset(Values::Floats(vec![7.0]), [1, 1, 1]);
        assert_eq!(constant.picture(0).unwrap().rgb, [0, 0, 0]);
    }
}
