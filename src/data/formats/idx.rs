//! The IDX format of the MNIST files.
//!
//! Layout (LeCun): two zero bytes, one byte for the type of the values (8: unsigned bytes), one for the number of
//! dimensions, each dimension as a big-endian 32-bit number, then the values in row-major order.

/// An array of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ByteArray {
    /// The size of each dimension; the last dimension varies fastest.
    pub dimensions: Vec<usize>,
    /// The values, as many as the product of the dimensions.
    pub values: Vec<u8>,
}

const UNSIGNED_BYTE: u8 = 8;

/// The maximum size of a header in bytes: 255 dimensions.
pub(crate) const MAX_HEADER_BYTES: u64 = 4 + 4 * 255;

/// The size of a file in bytes that its header declares; `None` if the header is incomplete or the size overflows.
pub(crate) fn declared_bytes(bytes: &[u8]) -> Option<u64> {
    let (start, rest) = bytes.split_at_checked(4)?;
    let header = rest.get(..4 * usize::from(start[3]))?;
    let mut sizes = header.as_chunks::<4>().0.iter();
    let values = sizes.try_fold(1_u64, |product, &size| {
        product.checked_mul(u32::from_be_bytes(size).into())
    });
    values?.checked_add(4 + header.len() as u64)
}

/// Reads an IDX file of unsigned bytes.
///
/// # Errors
/// A reason, if the bytes are not such a file to the last byte.
pub(crate) fn read(bytes: &[u8]) -> Result<ByteArray, String> {
    let [0, 0, kind, rank, rest @ ..] = bytes else {
        return Err("it does not start with an IDX magic number".to_owned());
    };
    if *kind != UNSIGNED_BYTE {
        return Err(format!(
            "its values have type {kind}; expected 8 (unsigned bytes)"
        ));
    }
    let rank = usize::from(*rank);
    let Some((header, values)) = rest.split_at_checked(4 * rank) else {
        return Err("it is truncated: it ends within its header".to_owned());
    };
    let dimensions: Vec<usize> = header
        .chunks_exact(4)
        .map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize)
        .collect();
    let size = dimensions
        .iter()
        .try_fold(1_usize, |size, dimension| size.checked_mul(*dimension));
    match size {
        Some(size) if size == values.len() => Ok(ByteArray {
            dimensions,
            values: values.to_vec(),
        }),
        Some(size) => Err(format!(
            "its header declares {size} values, but {} follow",
            values.len()
        )),
        None => Err("its dimensions overflow".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_is_read_to_the_last_byte() {
        let file = [0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 3, 7, 8, 9];
        let array = read(&file).unwrap();
        assert_eq!(array.dimensions, [1, 3]);
        assert_eq!(array.values, [7, 8, 9]);
        for length in 0..file.len() {
            assert!(read(&file[..length]).is_err(), "{length} bytes");
        }
        assert!(
            read(&[&file[..], &[0]].concat()).is_err(),
            "a byte too many"
        );
    }

    #[test]
    fn huge_dimensions_are_refused() {
        let file = [&[0, 0, 8, 3][..], &[255; 12]].concat();
        assert!(read(&file).is_err());
    }
}
