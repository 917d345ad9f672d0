//! Samples to predict, read from files.

use super::custom::image_folder::images_below;
use super::custom::images;
use super::custom::raw_dataset::refuse_unusable;
use super::error::DataError;
use super::formats::gzip::read_unpacked;
use super::formats::npy_file::HOW_TO_UNPACK;
use super::formats::{idx, idx_file, npy, npy_file};
use super::samples::dataset::Values;
use super::table;
use crate::spec::{Encoding, TableWarning};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The samples that a model accepts.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedInput<'a> {
    /// The number of values of one sample.
    pub features: usize,
    /// The height, width and channels of a sample, if it is an image.
    pub image: Option<[usize; 3]>,
    /// The names of the features, if they come from a table.
    pub columns: &'a [String],
    /// How the columns of a table become features; `None` if each column is one feature, unchanged.
    pub encoding: Option<&'a Encoding>,
    /// Whether missing values of a table are imputed.
    pub imputes: bool,
    /// The label column of a table, which is ignored if present.
    pub label: Option<&'a str>,
    /// Whether the model was trained on bytes scaled to 0..1, instead of unscaled numbers.
    pub is_bytes: bool,
}

/// Samples of one file, or of the images in a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictInputs {
    /// `[samples, features]`; the channels of an image are its last dimension.
    pub values: Values,
    /// The source of each sample.
    pub sources: Vec<InputSource>,
    /// Warnings about them.
    pub warnings: Vec<TableWarning>,
}

/// The source of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputSource {
    /// The file.
    pub file: PathBuf,
    /// The row in the file, counted from 1; `None` if the file is the sample.
    pub row: Option<usize>,
}

/// Reads samples from a PNG or JPEG image, a folder of images, a CSV or Parquet table, or a NumPy or IDX array. The first
/// bytes of a file determine its format if possible.
///
/// # Errors
/// Files that cannot be read, or samples that the model does not accept.
pub fn read_inputs(path: &Path, expected: &ExpectedInput) -> Result<PredictInputs, DataError> {
    let unusable = |reason: String| DataError::Unusable {
        path: path.to_owned(),
        reason,
    };
    if !path.exists() {
        return Err(DataError::NotFound {
            searched: vec![path.to_owned()],
        });
    }
    let inputs = match format_of(path).map_err(unusable)? {
        InputFormat::Images(files) => of_images(path, files, expected),
        InputFormat::Table => of_table(path, expected),
        InputFormat::Npy => npy_file::read(path)
            .map_err(|error| error.to_string())
            .and_then(|bytes| npy::read(&bytes))
            .and_then(|array| rows(path, array.values, &array.shape, expected)),
        InputFormat::Idx => of_idx(path, expected),
    };
    let inputs = inputs.map_err(unusable)?;
    refuse_other_scale(&inputs.values, expected).map_err(unusable)?;
    Ok(inputs)
}

/// The files from which samples at a path are read: the path itself, or the images in a folder.
pub fn input_files(path: &Path) -> Vec<PathBuf> {
    if path.is_dir() {
        // Errors are reported when the folder is read.
        images_below(path).unwrap_or_default()
    } else {
        vec![path.to_owned()]
    }
}

/// The format of a path.
enum InputFormat {
    Images(Vec<PathBuf>),
    Table,
    Npy,
    Idx,
}

fn format_of(path: &Path) -> Result<InputFormat, String> {
    if path.is_dir() {
        return images_below(path).map(InputFormat::Images);
    }
    let mut first = Vec::new();
    File::open(path)
        .and_then(|file| file.take(8).read_to_end(&mut first))
        .map_err(|error| error.to_string())?;
    match (first.as_slice(), table::format(path)) {
        ([0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, ..], _) => {
            Ok(InputFormat::Images(vec![path.to_owned()]))
        }
        ([b'\x93', b'N', b'U', b'M', b'P', b'Y', ..], _) => Ok(InputFormat::Npy),
        ([0x1f, 0x8b, ..], None) if is_gzipped_array(path) => Ok(InputFormat::Npy),
        ([b'P', b'K', 3, 4, ..], _) => Err(format!("it is a zip archive; {HOW_TO_UNPACK} as .npy")),
        ([0, 0, _, _, ..], _) | ([0x1f, 0x8b, ..], None) => Ok(InputFormat::Idx),
        (_, Some(_)) => Ok(InputFormat::Table),
        _ => Err(
            "expected a PNG or JPEG image, a table (.csv, .tsv, .parquet), a NumPy array (.npy) or an \
             IDX file"
                .to_owned(),
        ),
    }
}

/// The samples of a table's rows.
fn of_table(path: &Path, expected: &ExpectedInput) -> Result<PredictInputs, String> {
    let ExpectedInput {
        columns,
        encoding,
        imputes,
        label,
        ..
    } = *expected;
    let table = table::read_unlabeled(path, columns, encoding, imputes, label)?;
    let samples = rows(path, Values::Floats(table.values), &table.shape, expected)?;
    Ok(PredictInputs {
        warnings: table.warnings,
        ..samples
    })
}

fn is_gzipped_array(path: &Path) -> bool {
    read_unpacked(path, 6).is_ok_and(|first| first == b"\x93NUMPY")
}

/// The samples of image files.
fn of_images(
    path: &Path,
    files: Vec<PathBuf>,
    expected: &ExpectedInput,
) -> Result<PredictInputs, String> {
    let Some(shape) = expected.image else {
        return Err(format!(
            "the model takes rows of {} numbers, not images",
            expected.features
        ));
    };
    if files.is_empty() {
        return Err("it has no PNG or JPEG image".to_owned());
    }
    let folder = if path.is_dir() {
        path
    } else {
        path.parent().unwrap_or(path)
    };
    let values = images::values_of_shape(folder, &files, shape)?;
    let source = |file| InputSource { file, row: None };
    Ok(PredictInputs {
        values: Values::Bytes(values),
        sources: files.into_iter().map(source).collect(),
        warnings: Vec::new(),
    })
}

fn of_idx(path: &Path, expected: &ExpectedInput) -> Result<PredictInputs, String> {
    let bytes = idx_file::read(path).map_err(|error| error.to_string())?;
    let array = idx::read(&bytes)?;
    rows(
        path,
        Values::Bytes(array.values),
        &array.dimensions,
        expected,
    )
}

/// The samples of an array of the shape `[samples, …]`.
fn rows(
    path: &Path,
    values: Values,
    shape: &[usize],
    expected: &ExpectedInput,
) -> Result<PredictInputs, String> {
    let mut accepted = vec![vec![expected.features]];
    if let Some([height, width, channels]) = expected.image {
        accepted.push(vec![height, width, channels]);
        if channels == 1 {
            accepted.push(vec![height, width]);
        }
    }
    let accepted_shapes = || {
        let shapes: Vec<String> = accepted.iter().map(|shape| format!("{shape:?}")).collect();
        format!(
            "the model takes samples of the shape {}",
            shapes.join(" or ")
        )
    };
    let Some((&count, sample)) = shape.split_first() else {
        return Err(format!("it is a single number; {}", accepted_shapes()));
    };
    if !accepted.iter().any(|accepted| accepted == sample) {
        let hint = match expected.image {
            Some([height, width, channels])
                if *sample == [channels, height, width] && sample != [height, width, channels] =>
            {
                "; these look like images with the channels first, as in PyTorch: move the channels last with \
                 x.transpose(0, 2, 3, 1), in PyTorch x.permute(0, 2, 3, 1)"
            }
            Some([height, width, channels])
                if *shape == [channels, height, width] && shape != [height, width, channels] =>
            {
                "; if it is a single image with the channels first, as in PyTorch, use \
                 x.transpose(1, 2, 0)[None], which moves them last and adds a first dimension of 1"
            }
            _ => single_hint(shape, &accepted),
        };
        return Err(format!(
            "its samples have the shape {sample:?}; {}{hint}",
            accepted_shapes()
        ));
    }
    let source = |row| InputSource {
        file: path.to_owned(),
        row: Some(row),
    };
    Ok(PredictInputs {
        values,
        sources: (1..=count).map(source).collect(),
        warnings: Vec::new(),
    })
}

/// The remedy for an array that has the shape of one sample.
fn single_hint(shape: &[usize], accepted: &[Vec<usize>]) -> &'static str {
    if accepted.iter().any(|accepted| accepted == shape) {
        "; if it is a single sample, add a first dimension of 1"
    } else {
        ""
    }
}

/// Refuses values that are evidently on a different scale from those that the model was trained on.
fn refuse_other_scale(values: &Values, expected: &ExpectedInput) -> Result<(), String> {
    refuse_unusable(values, expected.features, "")?;
    match (values, expected.is_bytes) {
        (Values::Bytes(_), false) => Err(
            "it has bytes, which would be scaled to 0..1, but the model was trained on unscaled numbers; \
             use a .npy file of float32 values"
                .to_owned(),
        ),
        (Values::Floats(values), true)
            if values.iter().any(|value| !(0.0..=1.0).contains(value)) =>
        {
            Err(
                "it has numbers outside 0..1, but the model was trained on bytes scaled to 0..1; use \
                 unsigned bytes (numpy.uint8), or divide by 255"
                    .to_owned(),
            )
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREY: ExpectedInput = ExpectedInput {
        features: 6,
        image: Some([2, 3, 1]),
        columns: &[],
        encoding: None,
        imputes: false,
        label: None,
        is_bytes: true,
    };

    fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    fn refused(path: &Path, expected: &ExpectedInput) -> String {
        read_inputs(path, expected).unwrap_err().to_string()
    }

    #[test]
    fn an_idx_file_gives_its_rows() {
        let (_folder, path) = file(
            "two",
            &[
                &[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3][..],
                &[7; 12],
            ]
            .concat(),
        );
        let inputs = read_inputs(&path, &GREY).unwrap();
        assert_eq!(inputs.values, Values::Bytes(vec![7; 12]));
        let rows: Vec<_> = inputs.sources.iter().map(|source| source.row).collect();
        assert_eq!(rows, [Some(1), Some(2)]);
        let other = ExpectedInput {
            image: Some([3, 2, 1]),
            ..GREY
        };
        assert!(refused(&path, &other).contains(
            "shape [2, 3]; the model takes samples of the shape [6] or [3, 2, 1] or [3, 2]"
        ));
        let floats = ExpectedInput {
            is_bytes: false,
            ..GREY
        };
        assert!(refused(&path, &floats).contains("trained on unscaled numbers"));
    }

    #[test]
    fn a_single_sample_without_its_first_dimension_is_refused_with_a_remedy() {
        let bytes = [&[0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3][..], &[7; 6]].concat();
        let (_folder, path) = file("one", &bytes);
        assert!(refused(&path, &GREY).contains("a first dimension of 1"));
    }

    #[test]
    fn channels_that_come_first_are_recognised() {
        let colour = ExpectedInput {
            features: 24,
            image: Some([2, 4, 3]),
            ..GREY
        };
        let shown = |shape: &[usize]| {
            let values = Values::Bytes(vec![0; shape.iter().product()]);
            rows(Path::new("x.npy"), values, shape, &colour).unwrap_err()
        };
        assert!(shown(&[5, 3, 2, 4]).contains("x.transpose(0, 2, 3, 1)"));
        assert!(shown(&[3, 2, 4]).contains("x.transpose(1, 2, 0)[None]"));
        assert!(shown(&[2, 4, 3]).contains("a first dimension of 1"));
        assert!(!shown(&[5, 4, 2, 3]).contains("transpose"));
    }

    #[test]
    fn arrays_are_read_gzipped_too() {
        use std::io::Write;
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 6), }";
        let length = (header.len() as u16).to_le_bytes();
        let array = [
            b"\x93NUMPY\x01\x00",
            &length[..],
            header.as_bytes(),
            &[7; 6],
        ]
        .concat();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&array).unwrap();
        let (_folder, path) = file("x.npy.gz", &gzip.finish().unwrap());
        assert_eq!(
            read_inputs(&path, &GREY).unwrap().values,
            Values::Bytes(vec![7; 6])
        );
        let (_folder, path) = file("x.npz", b"PK\x03\x04");
        assert!(refused(&path, &GREY).contains(".npz files are not supported"));
    }

    #[test]
    fn a_table_is_read_by_its_columns_names() {
        let (_folder, path) = file("rows.csv", b"b,class,a\n0.25,x,0.5\n0.75,y,1\n");
        let names = ["a", "b"].map(str::to_owned);
        let expected = ExpectedInput {
            features: 2,
            image: None,
            columns: &names,
            encoding: None,
            imputes: false,
            label: Some("class"),
            is_bytes: false,
        };
        let read = read_inputs(&path, &expected).unwrap();
        assert_eq!(read.values, Values::Floats(vec![0.5, 0.25, 1.0, 0.75]));
        let unlabeled = ExpectedInput {
            label: None,
            ..expected
        };
        assert!(refused(&path, &unlabeled).contains("`class`"));
        let more = ["a", "b", "c"].map(str::to_owned);
        let wider = ExpectedInput {
            features: 3,
            columns: &more,
            ..expected
        };
        assert!(refused(&path, &wider).contains("no column `c`"));
    }

    #[test]
    fn a_table_without_known_names_is_read_by_its_order() {
        let (_folder, path) = file("rows.csv", b"p,q\n0.25,0.5\n");
        let expected = ExpectedInput {
            features: 2,
            image: None,
            ..GREY
        };
        assert_eq!(
            read_inputs(&path, &expected).unwrap().values,
            Values::Floats(vec![0.25, 0.5])
        );
        assert!(refused(&path, &GREY).contains("shape [2]"));
        let (_folder, path) = file("rows.csv", b"p,q\n25,5\n");
        assert!(refused(&path, &expected).contains("divide by 255"));
    }

    #[test]
    fn what_is_nothing_of_all_this_is_refused() {
        let (_folder, path) = file("notes.md", b"# Notes");
        assert!(refused(&path, &GREY).contains("expected a PNG or JPEG image"));
        assert!(refused(Path::new("nowhere.png"), &GREY).contains("nowhere.png"));
        let folder = tempfile::tempdir().unwrap();
        assert!(refused(folder.path(), &GREY).contains("no PNG or JPEG"));
        let (_folder, path) = file("broken.png", b"\x89PNG");
        assert!(refused(&path, &GREY).contains("cannot be decoded"));
        let rows = ExpectedInput {
            image: None,
            ..GREY
        };
        assert!(refused(&path, &rows).contains("not images"));
    }
}
