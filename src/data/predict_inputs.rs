//! Samples without classes, which a trained model is asked about.

use super::custom::images;
use super::custom::npy_folder::{HOW_TO_UNPACK, array_bytes};
use super::custom::raw_dataset::refuse_unusable;
use super::error::DataError;
use super::formats::files::{gunzipped, idx_bytes};
use super::formats::{idx, npy};
use super::samples::dataset::Values;
use super::table;
use crate::spec::{Encoding, TableWarning};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What a model takes.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedInput<'a> {
    /// Numbers of one sample.
    pub features: usize,
    /// Height, width and channels of a sample that is an image.
    pub image: Option<[usize; 3]>,
    /// The names of the features, where they are columns of a table.
    pub columns: &'a [String],
    /// How the columns of a table become features; `None` if each is one feature as it is.
    pub encoding: Option<&'a Encoding>,
    /// Whether missing values of a table are filled.
    pub imputes: bool,
    /// The column of a table that holds the classes: it may be there, and is not looked at.
    pub label: Option<&'a str>,
    /// Whether the model was trained on bytes scaled to 0..1, else on numbers as they are.
    pub bytes: bool,
}

/// Samples of one file, or of the images in a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    /// One sample after the other: `[samples, features]`, images with their channels last.
    pub values: Values,
    /// Where each sample comes from.
    pub sources: Vec<InputSource>,
    /// Warnings about them.
    pub warnings: Vec<TableWarning>,
}

/// Where a sample comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputSource {
    /// The file.
    pub file: PathBuf,
    /// Its row in the file, counted from 1; nothing where the file is the sample.
    pub row: Option<usize>,
}

/// The most bytes of an array, and of an unpacked IDX file. What is packed may be far larger than its file.
pub(super) const LARGEST: u64 = 8 << 30;

/// Reads samples: an image in PNG or JPEG, a folder of such, a table in CSV or Parquet, an array in
/// NumPy's format or in IDX. What a file is, its first bytes say where they can.
///
/// # Errors
/// Files that cannot be read, or that are not what the model takes.
pub fn inputs(path: &Path, expected: &ExpectedInput) -> Result<Inputs, DataError> {
    let told = |reason: String| DataError::Unusable {
        path: path.to_owned(),
        reason,
    };
    if !path.exists() {
        return Err(DataError::NotFound {
            looked: vec![path.to_owned()],
        });
    }
    let inputs = match kind(path).map_err(told)? {
        Kind::Images(files) => of_images(path, files, expected),
        Kind::Table => of_table(path, expected),
        Kind::Npy => array_bytes(path)
            .map_err(|error| error.to_string())
            .and_then(|bytes| npy::read(&bytes))
            .and_then(|array| rows(path, array.values, &array.shape, expected)),
        Kind::Idx => of_idx(path, expected),
    };
    let inputs = inputs.map_err(told)?;
    comparable(&inputs.values, expected).map_err(told)?;
    Ok(inputs)
}

/// The files that samples at a path are read from: itself, or the images in a folder.
pub fn input_files(path: &Path) -> Vec<PathBuf> {
    match path.is_dir() {
        // What is wrong with the folder is reported when it is read.
        true => images::below(path).unwrap_or_default(),
        false => vec![path.to_owned()],
    }
}

/// What a path is.
enum Kind {
    Images(Vec<PathBuf>),
    Table,
    Npy,
    Idx,
}

fn kind(path: &Path) -> Result<Kind, String> {
    if path.is_dir() {
        return images::below(path).map(Kind::Images);
    }
    let mut first = Vec::new();
    File::open(path)
        .and_then(|file| file.take(8).read_to_end(&mut first))
        .map_err(|error| error.to_string())?;
    match (first.as_slice(), table::format(path)) {
        ([0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, ..], _) => {
            Ok(Kind::Images(vec![path.to_owned()]))
        }
        ([b'\x93', b'N', b'U', b'M', b'P', b'Y', ..], _) => Ok(Kind::Npy),
        ([0x1f, 0x8b, ..], None) if is_gzipped_array(path) => Ok(Kind::Npy),
        ([b'P', b'K', 3, 4, ..], _) => Err(format!("it is an archive; {HOW_TO_UNPACK} as .npy")),
        ([0, 0, _, _, ..], _) | ([0x1f, 0x8b, ..], None) => Ok(Kind::Idx),
        (_, Some(_)) => Ok(Kind::Table),
        _ => Err(
            "it is no PNG or JPEG image, no table (.csv, .tsv, .parquet), no NumPy array (.npy) \
             and no IDX file"
                .to_owned(),
        ),
    }
}

/// The samples of a table's rows.
fn of_table(path: &Path, expected: &ExpectedInput) -> Result<Inputs, String> {
    let ExpectedInput {
        columns,
        encoding,
        imputes,
        label,
        ..
    } = *expected;
    let table = table::rows(path, columns, encoding, imputes, label)?;
    let samples = rows(path, Values::Floats(table.values), &table.shape, expected)?;
    Ok(Inputs {
        warnings: table.warnings,
        ..samples
    })
}

fn is_gzipped_array(path: &Path) -> bool {
    gunzipped(path, 6).is_ok_and(|first| first == b"\x93NUMPY")
}

/// The samples of image files.
fn of_images(path: &Path, files: Vec<PathBuf>, expected: &ExpectedInput) -> Result<Inputs, String> {
    let Some(shape) = expected.image else {
        return Err(format!(
            "the model takes rows of {} numbers, not images",
            expected.features
        ));
    };
    if files.is_empty() {
        return Err("it has no PNG or JPEG image".to_owned());
    }
    let folder = match path.is_dir() {
        true => path,
        false => path.parent().unwrap_or(path),
    };
    let values = images::of_shape(folder, &files, shape)?;
    let source = |file| InputSource { file, row: None };
    Ok(Inputs {
        values: Values::Bytes(values),
        sources: files.into_iter().map(source).collect(),
        warnings: Vec::new(),
    })
}

fn of_idx(path: &Path, expected: &ExpectedInput) -> Result<Inputs, String> {
    let bytes = idx_bytes(path).map_err(|error| error.to_string())?;
    let array = idx::read(&bytes)?;
    rows(
        path,
        Values::Bytes(array.values),
        &array.dimensions,
        expected,
    )
}

/// The samples of an array of this shape: `[samples, …]`.
fn rows(
    path: &Path,
    values: Values,
    shape: &[usize],
    expected: &ExpectedInput,
) -> Result<Inputs, String> {
    let mut fitting = vec![vec![expected.features]];
    if let Some([height, width, channels]) = expected.image {
        fitting.push(vec![height, width, channels]);
        if channels == 1 {
            fitting.push(vec![height, width]);
        }
    }
    let wanted = || {
        let shapes: Vec<String> = fitting.iter().map(|shape| format!("{shape:?}")).collect();
        format!(
            "the model takes samples of the shape {}",
            shapes.join(" or ")
        )
    };
    let Some((&count, sample)) = shape.split_first() else {
        return Err(format!("it is a single number; {}", wanted()));
    };
    if !fitting.iter().any(|fitting| fitting == sample) {
        let hint = match expected.image {
            Some([height, width, channels])
                if *sample == [channels, height, width] && sample != [height, width, channels] =>
            {
                "; these look like images with their channels first, as PyTorch keeps them: put the \
                 channels last with x.transpose(0, 2, 3, 1), in PyTorch x.permute(0, 2, 3, 1)"
            }
            Some([height, width, channels])
                if *shape == [channels, height, width] && shape != [height, width, channels] =>
            {
                "; it may be a single one with its channels first, as PyTorch keeps it: \
                 x.transpose(1, 2, 0)[None] has them last, and a first dimension of 1"
            }
            _ => single_hint(shape, &fitting),
        };
        return Err(format!(
            "its samples have the shape {sample:?}; {}{hint}",
            wanted()
        ));
    }
    let source = |row| InputSource {
        file: path.to_owned(),
        row: Some(row),
    };
    Ok(Inputs {
        values,
        sources: (1..=count).map(source).collect(),
        warnings: Vec::new(),
    })
}

/// What to do if a whole array has the shape of one sample.
fn single_hint(shape: &[usize], fitting: &[Vec<usize>]) -> &'static str {
    match fitting.iter().any(|fitting| fitting == shape) {
        true => "; it may be a single one: give it a first dimension of 1",
        false => "",
    }
}

/// Refuses numbers on another scale than those that the model was trained on, as far as it shows.
fn comparable(values: &Values, expected: &ExpectedInput) -> Result<(), String> {
    refuse_unusable(values, expected.features, "")?;
    match (values, expected.bytes) {
        (Values::Bytes(_), false) => Err(
            "it has bytes, which would be scaled to 0..1, and the model was trained on other \
             numbers, as they are; give such numbers, as .npy of float32"
                .to_owned(),
        ),
        (Values::Floats(values), true)
            if values.iter().any(|value| !(0.0..=1.0).contains(value)) =>
        {
            Err(
                "it has numbers outside 0..1, and the model was trained on bytes scaled to 0..1; \
                 give unsigned bytes (numpy.uint8), or divide by 255"
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
        bytes: true,
    };

    fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    fn refused(path: &Path, expected: &ExpectedInput) -> String {
        inputs(path, expected).unwrap_err().to_string()
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
        let inputs = inputs(&path, &GREY).unwrap();
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
            bytes: false,
            ..GREY
        };
        assert!(refused(&path, &floats).contains("trained on other numbers"));
    }

    #[test]
    fn a_single_sample_without_its_first_dimension_is_told() {
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
            inputs(&path, &GREY).unwrap().values,
            Values::Bytes(vec![7; 6])
        );
        let (_folder, path) = file("x.npz", b"PK\x03\x04");
        assert!(refused(&path, &GREY).contains("an .npz file is not read"));
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
            bytes: false,
        };
        let read = inputs(&path, &expected).unwrap();
        assert_eq!(read.values, Values::Floats(vec![0.5, 0.25, 1.0, 0.75]));
        let unlabelled = ExpectedInput {
            label: None,
            ..expected
        };
        assert!(refused(&path, &unlabelled).contains("`class`"));
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
            inputs(&path, &expected).unwrap().values,
            Values::Floats(vec![0.25, 0.5])
        );
        assert!(refused(&path, &GREY).contains("shape [2]"));
        let (_folder, path) = file("rows.csv", b"p,q\n25,5\n");
        assert!(refused(&path, &expected).contains("divide by 255"));
    }

    #[test]
    fn what_is_nothing_of_all_this_is_refused() {
        let (_folder, path) = file("notes.md", b"# Notes");
        assert!(refused(&path, &GREY).contains("no PNG or JPEG image"));
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
