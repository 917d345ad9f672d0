//! NumPy's format of one array: `\x93NUMPY`, a version, the length of the header, the header (a Python dictionary with
//! the type, the order and the shape), then the values.
//!
//! Source: NumPy's description of the format, `numpy.lib.format`.

use super::number::Number;
use crate::data::quality::precision::Spread;
use crate::data::samples::dataset::Values;
use std::borrow::Cow;

/// An array of numbers.
#[derive(Debug, PartialEq)]
pub(crate) struct Array {
    /// The size of each dimension; the last dimension varies fastest.
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Values,
}

/// A parsed file: the contents of its header, and the bytes of its values.
pub(crate) struct ArrayFile<'a> {
    /// The size of each dimension; the last dimension varies fastest.
    pub(crate) shape: Vec<usize>,
    value_type: ValueType,
    /// The size of one value in bytes.
    value_bytes: usize,
    big_endian: bool,
    /// The values; the last dimension varies fastest.
    data: Cow<'a, [u8]>,
}

/// The type of a value.
#[derive(Clone, Copy, PartialEq)]
enum ValueType {
    Bool,
    Unsigned,
    Signed,
    Float32,
    Float64,
}

/// Reads an array.
///
/// # Errors
/// A reason, if the bytes are not such a file to the last byte.
pub(crate) fn read(bytes: &[u8]) -> Result<Array, String> {
    let file = ArrayFile::parse(bytes)?;
    Ok(Array {
        values: file.values(),
        shape: file.shape,
    })
}

impl<'a> ArrayFile<'a> {
    /// Parses a file.
    ///
    /// # Errors
    /// A reason, if the bytes are not such a file to the last byte.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        let short = || "it is truncated: it ends within its header".to_owned();
        let [b'\x93', b'N', b'U', b'M', b'P', b'Y', major, _, rest @ ..] = bytes else {
            return Err("it is not a NumPy array: it does not start with \\x93NUMPY".to_owned());
        };
        // The header's length has two bytes in version 1, four from version 2 on.
        let (length, rest) = match (major, rest) {
            (1, [a, b, rest @ ..]) => (usize::from(u16::from_le_bytes([*a, *b])), rest),
            (2 | 3, [a, b, c, d, rest @ ..]) => {
                (u32::from_le_bytes([*a, *b, *c, *d]) as usize, rest)
            }
            (1..=3, _) => return Err(short()),
            _ => return Err(format!("version {major} of the format is not supported")),
        };
        let (header, data) = rest.split_at_checked(length).ok_or_else(short)?;
        let header =
            std::str::from_utf8(header).map_err(|_| "its header is not text".to_owned())?;
        let field = |name: &str| {
            let (_, rest) = header.split_once(&format!("'{name}':"))?;
            Some(rest.trim_start())
        };
        let missing = |name: &str| format!("its header has no `{name}`");
        let value_type = field("descr").ok_or_else(|| missing("descr"))?;
        let value_type = value_type
            .strip_prefix('\'')
            .and_then(|rest| rest.split('\'').next());
        let value_type = value_type.ok_or("its values are records, not numbers")?;
        let order = field("fortran_order").ok_or_else(|| missing("fortran_order"))?;
        let shape = field("shape").ok_or_else(|| missing("shape"))?;
        let shape = shape
            .strip_prefix('(')
            .and_then(|rest| rest.split(')').next());
        let shape: Vec<usize> = shape
            .ok_or_else(|| missing("shape"))?
            .split(',')
            .map(str::trim)
            .filter(|size| !size.is_empty())
            .map(|size| {
                size.parse()
                    .map_err(|_| format!("its shape has the invalid size `{size}`"))
            })
            .collect::<Result<_, _>>()?;
        let count = shape
            .iter()
            .try_fold(1_usize, |count, size| count.checked_mul(*size));
        let count = count.ok_or("its shape is too large for memory")?;
        let (value_type, size, big_endian) = type_of(value_type)?;
        if count.checked_mul(size) != Some(data.len()) {
            return Err(format!(
                "its header declares {count} values of {size} bytes, but {} bytes follow",
                data.len()
            ));
        }
        let data = if order.starts_with("True") {
            Cow::Owned(to_row_major(data, &shape, size))
        } else {
            Cow::Borrowed(data)
        };
        Ok(Self {
            shape,
            value_type,
            value_bytes: size,
            big_endian,
            data,
        })
    }

    /// The values with all of their digits.
    fn numbers(&self) -> impl Iterator<Item = Number> + '_ {
        let unused = 64 - 8 * self.value_bytes as u32;
        self.data.chunks_exact(self.value_bytes).map(move |bytes| {
            // Little-endian, padded to eight bytes.
            let mut wide = [0; 8];
            wide[..self.value_bytes].copy_from_slice(bytes);
            if self.big_endian {
                wide[..self.value_bytes].reverse();
            }
            let bits = u64::from_le_bytes(wide);
            match self.value_type {
                ValueType::Bool | ValueType::Unsigned => Number::Whole(bits.into()),
                // Extends the sign to 64 bits.
                ValueType::Signed => Number::Whole((((bits as i64) << unused) >> unused).into()),
                ValueType::Float32 => Number::Float(f32::from_bits(bits as u32).into()),
                ValueType::Float64 => Number::Float(f64::from_bits(bits)),
            }
        })
    }

    /// The values as samples: unsigned bytes stay bytes, other numbers become 32-bit floats.
    pub(crate) fn values(&self) -> Values {
        if self.value_type == ValueType::Unsigned && self.value_bytes == 1 {
            return Values::Bytes(self.data.to_vec());
        }
        Values::Floats(self.numbers().map(Number::to_f32).collect())
    }

    /// The values as names of classes. Floats must be whole numbers.
    ///
    /// # Errors
    /// A value that is not a whole number.
    pub(crate) fn labels(&self) -> Result<Vec<String>, String> {
        let name = |(sample, number): (usize, Number)| match number {
            Number::Whole(number) => Ok(number.to_string()),
            // −0 becomes 0.
            Number::Float(number) if number.fract() == 0.0 => Ok((number + 0.0).to_string()),
            Number::Float(number) if number.is_finite() => Err(format!(
                "sample {}: {number} is not a whole number; labels are classes, and regression is not \
                 supported",
                sample + 1
            )),
            Number::Float(number) => Err(format!(
                "sample {}: {number} is not a label; remove the sample",
                sample + 1
            )),
        };
        self.numbers().enumerate().map(name).collect()
    }

    /// Refuses features whose values 32-bit floats cannot distinguish. A feature is what is normalised together: a
    /// channel of images, else one number of a sample.
    pub(crate) fn refuse_lost_digits(&self, shape: &[usize]) -> Result<(), String> {
        if self.value_type == ValueType::Float32
            || (self.value_type != ValueType::Float64 && self.value_bytes < 4)
        {
            return Ok(());
        }
        let channels = match *shape {
            [features] => features,
            [_, _, channels] => channels,
            _ => 1,
        };
        // Without samples, a header may claim any shape.
        if self.shape.first() == Some(&0) {
            return Ok(());
        }
        let mut spreads = vec![Spread::default(); channels];
        for (position, number) in self.numbers().enumerate() {
            let spread = &mut spreads[position % channels];
            match number {
                Number::Whole(number) => spread.add_whole(number),
                Number::Float(number) => spread.add_float(number),
            }
        }
        let name = match shape {
            [_] => "feature",
            _ => "channel",
        };
        match spreads
            .iter()
            .zip(1..)
            .find_map(|(spread, entry)| Some((spread.precision_loss()?, entry)))
        {
            Some((reason, entry)) => Err(format!("{name} {entry}: {reason}")),
            None => Ok(()),
        }
    }
}

/// Reorders the values of an array from Fortran order, in which the first dimension varies fastest (as in pandas'
/// `to_numpy`), to row-major order. Each value has `size` bytes.
fn to_row_major(data: &[u8], shape: &[usize], size: usize) -> Vec<u8> {
    let mut ordered = Vec::with_capacity(data.len());
    let mut position = vec![0; shape.len()];
    for _ in 0..data.len() / size {
        let index = position
            .iter()
            .zip(shape)
            .rev()
            .fold(0, |index, (position, size)| index * size + position);
        ordered.extend_from_slice(&data[index * size..][..size]);
        for (position, &size) in position.iter_mut().zip(shape).rev() {
            *position += 1;
            if *position < size {
                break;
            }
            *position = 0;
        }
    }
    ordered
}

/// The type of values that NumPy calls `dtype`, their size in bytes, and whether they are big-endian.
fn type_of(dtype: &str) -> Result<(ValueType, usize, bool), String> {
    let (big_endian, name) = match dtype.split_at_checked(1) {
        Some((">", name)) => (true, name),
        Some(("<" | "|" | "=", name)) => (false, name),
        _ => (false, dtype),
    };
    let (value_type, size) = match name {
        "b1" => (ValueType::Bool, 1),
        "u1" => (ValueType::Unsigned, 1),
        "u2" => (ValueType::Unsigned, 2),
        "u4" => (ValueType::Unsigned, 4),
        "u8" => (ValueType::Unsigned, 8),
        "i1" => (ValueType::Signed, 1),
        "i2" => (ValueType::Signed, 2),
        "i4" => (ValueType::Signed, 4),
        "i8" => (ValueType::Signed, 8),
        "f4" => (ValueType::Float32, 4),
        "f8" => (ValueType::Float64, 8),
        _ => {
            let remedy = match name.chars().next() {
                Some('U' | 'S' | 'a') => {
                    "number them: numpy.unique(values, return_inverse=True)[1]"
                }
                _ => "save them with .astype(numpy.float32)",
            };
            return Err(format!(
                "its values have NumPy's type {dtype}; expected bytes, whole numbers, or floats of 32 \
                 or 64 bits: {remedy}"
            ));
        }
    };
    Ok((value_type, size, big_endian))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An array as NumPy writes it.
    fn file(value_type: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let mut header =
            format!("{{'descr': '{value_type}', 'fortran_order': False, 'shape': {shape}, }}");
        while !(10 + header.len() + 1).is_multiple_of(64) {
            header.push(' ');
        }
        header.push('\n');
        let length = (header.len() as u16).to_le_bytes();
        [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
    }

    #[test]
    fn each_type_of_number_is_read_to_the_last_byte() {
        let cases: [(&str, Vec<u8>); 10] = [
            ("|u1", vec![1, 250]),
            ("|b1", vec![1, 0]),
            ("|i1", vec![1, 0xfe]),
            (
                "<i2",
                [1_i16.to_le_bytes(), (-2_i16).to_le_bytes()].concat(),
            ),
            (
                ">i4",
                [1_i32.to_be_bytes(), (-2_i32).to_be_bytes()].concat(),
            ),
            (
                "<u4",
                [1_u32.to_le_bytes(), u32::MAX.to_le_bytes()].concat(),
            ),
            (
                "<i8",
                [1_i64.to_le_bytes(), (-2_i64).to_le_bytes()].concat(),
            ),
            ("<u8", [1_u64.to_le_bytes(), 2_u64.to_le_bytes()].concat()),
            ("<f4", [1_f32.to_le_bytes(), 0.5_f32.to_le_bytes()].concat()),
            (">f8", [1_f64.to_be_bytes(), 0.5_f64.to_be_bytes()].concat()),
        ];
        let second = [
            250.0,
            0.0,
            -2.0,
            -2.0,
            -2.0,
            u32::MAX as f32,
            -2.0,
            2.0,
            0.5,
            0.5,
        ];
        for ((value_type, data), second) in cases.iter().zip(second) {
            let array = read(&file(value_type, "(2,)", data)).unwrap();
            assert_eq!(array.shape, [2]);
            let values = match array.values {
                Values::Bytes(bytes) => bytes.into_iter().map(f32::from).collect(),
                Values::Floats(values) => values,
            };
            assert_eq!(values, [1.0, second], "{value_type}");
            let bytes = file(value_type, "(2,)", data);
            for length in 0..bytes.len() {
                assert!(
                    read(&bytes[..length]).is_err(),
                    "{value_type}, {length} bytes"
                );
            }
        }
    }

    #[test]
    fn what_is_no_array_of_numbers_is_refused() {
        assert!(
            read(b"PK\x03\x04")
                .unwrap_err()
                .contains("not a NumPy array")
        );
        let refused = |value_type, shape, data| read(&file(value_type, shape, data)).unwrap_err();
        assert!(refused("<U5", "(1,)", &[0; 20]).contains("type <U5"));
        assert!(refused("|u1", "(3,)", &[0; 2]).contains("declares 3 values"));
        assert!(refused("|u1", "(99999999999, 99999999999)", &[0]).contains("too large"));
    }

    #[test]
    fn fortran_order_is_turned_round() {
        let rows = file("<i2", "(2, 3)", &[1, 0, 4, 0, 2, 0, 5, 0, 3, 0, 6, 0]);
        let text = String::from_utf8_lossy(&rows[10..]).replace("False", "True ");
        let array = read(&[&rows[..10], text.as_bytes()].concat()).unwrap();
        assert_eq!(array.shape, [2, 3]);
        assert_eq!(
            array.values,
            Values::Floats(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
        );
        // Of bytes, and of three dimensions: the value at [i, j, k] is 100 i + 10 j + k.
        let first_fastest: Vec<u8> = (0..8)
            .map(|n| n % 2 * 100 + n / 2 % 2 * 10 + n / 4)
            .collect();
        let ordered = to_row_major(&first_fastest, &[2, 2, 2], 1);
        assert_eq!(ordered, [0, 1, 10, 11, 100, 101, 110, 111]);
    }
}
