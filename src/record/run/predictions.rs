//! `predictions.bin`: the predicted class of each validation sample of a run.
//!
//! The file has a header of 8 bytes ([`MAGIC`]), then a zlib stream of unsigned LEB128 numbers: the
//! number of classes, the number of samples, the position of the first sample and the distance of each
//! other one to its predecessor, the label of each sample, and the predicted class of each minus its
//! label, modulo the number of classes. Correct predictions are zeros, which take little space.

use super::classification::is_share_correct;
use super::result::RunResult;
use crate::bounded_io::read_file;
use crate::metrics::SamplePredictions;
use crate::record::error::RecordError;
use crate::record::fs::atomic::write_before_result;
use crate::record::fs::folder::remove_file;
use flate2::bufread::ZlibDecoder;
use flate2::{Compress, Compression, FlushCompress, Status};
use std::cell::RefCell;
use std::io::{BufReader, Read};
use std::path::Path;

/// The name of the file in the folder of a run.
pub(crate) const PREDICTIONS_FILE: &str = "predictions.bin";

/// The first bytes of the file: its name and the version of the format.
const MAGIC: [u8; 8] = *b"tppred\0\x01";

/// Maximum size of the file.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// Maximum number of samples: the predictions of larger data sets are not written.
const MAX_SAMPLES: usize = 1 << 24;

/// Maximum number of classes: labels have 16 bits.
const MAX_CLASSES: u64 = 1 << 16;

/// Removes the file from the folder of a run, if it exists.
///
/// # Errors
/// The file cannot be removed.
pub fn remove_predictions(folder: &Path) -> Result<(), RecordError> {
    remove_file(&folder.join(PREDICTIONS_FILE))
}

/// Removes the file from the folder of a run if its predictions do not give the accuracy of the result:
/// those of another attempt at this run, whose result was not kept.
///
/// # Errors
/// The file cannot be removed.
pub(super) fn remove_other_predictions(
    folder: &Path,
    result: &RunResult,
) -> Result<(), RecordError> {
    let Some(found) = read_predictions(folder) else {
        return Ok(());
    };
    let correct = found.correct().filter(|is_correct| *is_correct).count();
    let validation = result.validation.as_ref();
    if validation.is_some_and(|scores| is_share_correct(scores, correct, found.samples.len())) {
        return Ok(());
    }
    remove_predictions(folder)
}

/// Writes the predictions into the folder of a run, unless there are more than 2²⁴ samples. Call this
/// before the result is written, which marks the run as complete.
///
/// # Errors
/// The folder is not writable, or the disk is full.
pub fn write_predictions(
    folder: &Path,
    predictions: &SamplePredictions,
) -> Result<(), RecordError> {
    if predictions.samples.len() > MAX_SAMPLES {
        return remove_predictions(folder);
    }
    write_before_result(&folder.join(PREDICTIONS_FILE), &encoded(predictions))
}

/// Reads the predictions from the folder of a complete run; `None` if they are missing or invalid.
pub fn read_predictions(folder: &Path) -> Option<SamplePredictions> {
    decoded(&read_file(&folder.join(PREDICTIONS_FILE), MAX_FILE_BYTES).ok()?)
}

thread_local! {
    /// The compressor of this thread. A new one costs more than the compression of a small run's
    /// predictions: its tables have 300 KiB.
    static COMPRESSOR: RefCell<Compress> =
        RefCell::new(Compress::new(Compression::default(), true));
}

fn encoded(predictions: &SamplePredictions) -> Vec<u8> {
    let classes = predictions.classes as u64;
    // Most numbers take one byte.
    let mut numbers = Vec::with_capacity(16 + 3 * predictions.samples.len());
    write_number(&mut numbers, classes);
    write_number(&mut numbers, predictions.samples.len() as u64);
    let mut previous = 0;
    for &sample in &predictions.samples {
        write_number(&mut numbers, u64::from(sample - previous));
        previous = sample;
    }
    for &label in &predictions.labels {
        write_number(&mut numbers, u64::from(label));
    }
    for (&label, &predicted) in predictions.labels.iter().zip(&predictions.predicted) {
        // Most predictions are correct, and a division takes longer than the rest.
        let shift = match (u64::from(predicted), u64::from(label)) {
            (predicted, label) if predicted == label => 0,
            (predicted, label) => (classes + predicted - label) % classes,
        };
        write_number(&mut numbers, shift);
    }
    let mut bytes = MAGIC.to_vec();
    COMPRESSOR.with_borrow_mut(|compressor| append_compressed(compressor, &numbers, &mut bytes));
    bytes
}

/// Appends the numbers as a zlib stream.
#[expect(
    clippy::expect_used,
    reason = "a compressor that was reset has no state in which it refuses input"
)]
fn append_compressed(compressor: &mut Compress, numbers: &[u8], bytes: &mut Vec<u8>) {
    compressor.reset();
    let mut status = Status::Ok;
    while status != Status::StreamEnd {
        // The compressor writes only into reserved memory; numbers that repeat take far less.
        bytes.reserve(numbers.len() / 4 + 64);
        let remaining = &numbers[compressor.total_in() as usize..];
        status = compressor
            .compress_vec(remaining, bytes, FlushCompress::Finish)
            .expect("a reset compressor accepts input");
    }
}

fn decoded(bytes: &[u8]) -> Option<SamplePredictions> {
    let body = bytes.strip_prefix(&MAGIC)?;
    let mut numbers = BufReader::new(ZlibDecoder::new(body));
    let classes = read_number(&mut numbers)?;
    let count = usize::try_from(read_number(&mut numbers)?).ok()?;
    if !(1..=MAX_CLASSES).contains(&classes) || count > MAX_SAMPLES {
        return None;
    }
    // The lists grow as numbers are found: a damaged count reserves no memory.
    let mut predictions = SamplePredictions {
        classes: classes as usize,
        ..SamplePredictions::default()
    };
    let mut position = 0_u32;
    for index in 0..count {
        let distance = u32::try_from(read_number(&mut numbers)?).ok()?;
        if index > 0 && distance == 0 {
            return None;
        }
        position = position.checked_add(distance)?;
        predictions.samples.push(position);
    }
    for _ in 0..count {
        let label = read_number(&mut numbers).filter(|&label| label < classes)?;
        predictions.labels.push(label as u16);
    }
    for index in 0..count {
        let shift = read_number(&mut numbers).filter(|&shift| shift < classes)?;
        let predicted = (u64::from(predictions.labels[index]) + shift) % classes;
        predictions.predicted.push(predicted as u16);
    }
    // The end of the stream, where its checksum is compared.
    (numbers.read(&mut [0]).ok()? == 0).then_some(predictions)
}

/// Appends a number in LEB128: 7 bits per byte, the lowest first; the highest bit marks that more follow.
fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Reads a number of at most 35 bits in LEB128; `None` at the end of the bytes and for longer numbers.
fn read_number(bytes: &mut impl Read) -> Option<u64> {
    let mut number = 0;
    for shift in (0..35).step_by(7) {
        let mut byte = [0];
        bytes.read_exact(&mut byte).ok()?;
        number |= u64::from(byte[0] & 0x7f) << shift;
        if byte[0] < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};
    use proptest::prelude::*;

    fn predictions() -> impl Strategy<Value = SamplePredictions> {
        (
            1_usize..400,
            proptest::collection::btree_set(any::<u32>(), 0..50),
        )
            .prop_flat_map(|(classes, samples)| {
                let class = 0..classes as u16;
                let one_each = samples.len();
                (
                    proptest::collection::vec(class.clone(), one_each),
                    proptest::collection::vec(class, one_each),
                )
                    .prop_map(move |(labels, predicted)| SamplePredictions {
                        classes,
                        samples: samples.iter().copied().collect(),
                        labels,
                        predicted,
                    })
            })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(predictions in predictions()) {
            let bytes = encoded(&predictions);
            prop_assert_eq!(decoded(&bytes), Some(predictions));
        }

        #[test]
        fn a_damaged_file_is_rejected(
            predictions in predictions(),
            at in any::<prop::sample::Index>(),
            flipped in 1_u8..,
        ) {
            let bytes = encoded(&predictions);
            let at = at.index(bytes.len());
            prop_assert_eq!(decoded(&bytes[..at]), None);
            let mut damaged = bytes.clone();
            damaged[at] ^= flipped;
            // Some bits of the header of a zlib stream mean nothing to its reader.
            let read = decoded(&damaged);
            prop_assert!(read.is_none() || read == Some(predictions));
        }
    }

    #[test]
    fn impossible_numbers_are_rejected() {
        let with_numbers = |numbers: &[u64]| {
            let mut body = Vec::new();
            numbers.iter().for_each(|&n| write_number(&mut body, n));
            let mut bytes = MAGIC.to_vec();
            append_compressed(
                &mut Compress::new(Compression::default(), true),
                &body,
                &mut bytes,
            );
            decoded(&bytes)
        };
        // 3 classes, 2 samples at 4 and 9, of classes 0 and 2, predicted as 0 and 1.
        let valid = with_numbers(&[3, 2, 4, 5, 0, 2, 0, 2]).unwrap();
        assert_eq!(valid.samples, [4, 9]);
        assert_eq!(valid.predicted, [0, 1]);
        let invalid: [(&str, &[u64]); 8] = [
            ("no class", &[0, 0]),
            ("too many classes", &[MAX_CLASSES + 1, 0]),
            ("too many samples", &[3, MAX_SAMPLES as u64 + 1]),
            ("fewer samples than announced", &[3, 2, 4]),
            ("a sample twice", &[3, 2, 4, 0, 0, 2, 0, 2]),
            (
                "a position beyond 32 bits",
                &[3, 2, 4, 0xffff_ffff, 0, 2, 0, 2],
            ),
            ("a label beyond the classes", &[3, 2, 4, 5, 0, 3, 0, 2]),
            ("more numbers", &[3, 2, 4, 5, 0, 2, 0, 2, 0]),
        ];
        for (what, numbers) in invalid {
            assert_eq!(with_numbers(numbers), None, "{what}");
        }
    }

    #[test]
    fn a_quarter_of_a_data_set_takes_less_than_a_byte_per_sample() {
        let seed = Seed {
            sweep: 1,
            repeat: 0,
            fold: 0,
        };
        let mut stream = seed.stream(Purpose::Split, [0, 0]);
        let mut samples: Vec<u32> = (0..60_000).collect();
        stream.shuffle(&mut samples);
        samples.truncate(15_000);
        samples.sort_unstable();
        let labels: Vec<u16> = samples
            .iter()
            .map(|sample| (sample * 7 % 10) as u16)
            .collect();
        // 5 % of the samples are wrong.
        let wrong = |(index, label): (usize, &u16)| match index % 20 {
            0 => (label + 3) % 10,
            _ => *label,
        };
        let predicted = labels.iter().enumerate().map(wrong).collect();
        let predictions = SamplePredictions {
            classes: 10,
            samples,
            labels,
            predicted,
        };
        let bytes = encoded(&predictions).len();
        assert!(bytes < 15_000, "{bytes} bytes");
    }

    #[test]
    fn a_missing_file_has_no_predictions() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read_predictions(folder.path()), None);
        let predictions = SamplePredictions {
            classes: 2,
            samples: vec![0, 7],
            labels: vec![0, 1],
            predicted: vec![1, 1],
        };
        write_predictions(folder.path(), &predictions).unwrap();
        assert_eq!(read_predictions(folder.path()), Some(predictions));
        remove_predictions(folder.path()).unwrap();
        assert_eq!(read_predictions(folder.path()), None);
    }
}
