//! Decodes a CSV file: unpacks gzip, converts UTF-16 to UTF-8, removes a byte order mark.

use crate::bounded_io::read_file;
use crate::data::formats::limits::MAX_FILE_BYTES;
use flate2::read::MultiGzDecoder;
use std::io::Read;
use std::path::Path;

/// The maximum size in bytes of an unpacked file: 8 MiB of gzip may unpack to 8 GiB.
const MAX_UNPACKED_BYTES: u64 = 1 << 30;

/// Reads the text of a file in UTF-8, or in UTF-16 with a byte order mark.
///
/// # Errors
/// A different encoding or file format.
pub(crate) fn text(path: &Path) -> Result<String, String> {
    let bytes = read_file(path, MAX_FILE_BYTES).map_err(|error| error.to_string())?;
    // The first bytes determine the format, not the name: browsers unpack files and keep their names.
    let bytes = match bytes.as_slice() {
        [0x1f, 0x8b, ..] => unpacked(&bytes)?,
        _ => bytes,
    };
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [b'P', b'K', 3, 4, ..] => Err(
            "it is a zip archive or an Excel workbook, not text; unpack it, or save the sheet as \
             CSV"
            .to_owned(),
        ),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            Err("it is an Excel workbook, not text; save the sheet as CSV".to_owned())
        }
        [b'P', b'A', b'R', b'1', ..] => {
            Err("it is a Parquet file; rename it so that it ends in .parquet".to_owned())
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Err(compressed("Zstandard")),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Err(compressed("bzip2")),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => Err(compressed("xz")),
        _ => utf8(bytes),
    }
}

fn compressed(format: &str) -> String {
    format!("it is compressed with {format}; unpack it, or compress it with gzip")
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(bytes)
        .take(MAX_UNPACKED_BYTES + 1)
        .read_to_end(&mut unpacked)
        .map_err(|error| format!("it cannot be unpacked as gzip: {error}"))?;
    if unpacked.len() as u64 > MAX_UNPACKED_BYTES {
        return Err(format!(
            "it unpacks to more than {MAX_UNPACKED_BYTES} bytes; unpack it first"
        ));
    }
    Ok(unpacked)
}

fn utf8(mut bytes: Vec<u8>) -> Result<String, String> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let end = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let before = String::from_utf8_lossy(&bytes[..end]);
        not_utf8(&before, bytes.get(end).copied().unwrap_or_default())
    })?;
    match text.find('\0') {
        Some(at) => {
            let (line, column) = position(&text[..at]);
            Err(format!(
                "line {line}, column {column}: the byte is 0, as in UTF-16; save the file as UTF-8"
            ))
        }
        None => Ok(text),
    }
}

/// The error for a byte that is not valid UTF-8.
fn not_utf8(before: &str, byte: u8) -> String {
    let (line, column) = position(before);
    format!(
        "line {line}, column {column}: the byte 0x{byte:02X} is not valid UTF-8 (in Windows-1252 \
         it is `{}`); save the file as UTF-8 (in Excel, `CSV UTF-8`), or convert it: \
         iconv -f WINDOWS-1252 -t UTF-8 old.csv > new.csv",
        windows_1252(byte)
    )
}

/// The line and the column in characters, both counted from 1, of the position after this text.
fn position(before: &str) -> (usize, usize) {
    let lines = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (lines + 1, before[start..].chars().count() + 1)
}

/// The characters of Windows-1252 from 0x80 to 0x9F; the others are those of Latin-1.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

fn windows_1252(byte: u8) -> char {
    let special = byte.checked_sub(0x80).filter(|&index| index < 0x20);
    let special = special.and_then(|index| WINDOWS_1252.chars().nth(index.into()));
    special.unwrap_or(char::from(byte))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> =
        char::decode_utf16(pairs.iter().map(|&pair| unit(pair))).collect();
    match (text, rest) {
        (Ok(text), []) => Ok(text),
        _ => Err("it is not valid UTF-16, although it starts so; save it as UTF-8".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(bytes: &[u8]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.csv");
        std::fs::write(&path, bytes).unwrap();
        text(&path)
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        gzip.finish().unwrap()
    }

    #[test]
    fn the_first_bytes_determine_the_encoding() {
        let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{feff}é\t😀".encode_utf16().flat_map(unit).collect()
        };
        assert_eq!(read("é".as_bytes()).unwrap(), "é");
        assert_eq!(read(b"\xef\xbb\xbfa").unwrap(), "a");
        assert_eq!(read(&utf16(u16::to_le_bytes)).unwrap(), "é\t😀");
        assert_eq!(read(&utf16(u16::to_be_bytes)).unwrap(), "é\t😀");
        assert_eq!(read(&gzip("\u{feff}a")).unwrap(), "a");
        // gzip allows several members, one after the other.
        assert_eq!(
            read(&[gzip("a\n"), gzip("b\n")].concat()).unwrap(),
            "a\nb\n"
        );
    }

    #[test]
    fn what_is_not_utf8_is_refused_with_byte_line_and_column() {
        let refused = |bytes: &[u8]| read(bytes).unwrap_err();
        let message = refused(b"x,class\n1,caf\xe9\n");
        assert!(
            message.starts_with("line 2, column 6: the byte 0xE9 is not valid UTF-8"),
            "{message}"
        );
        assert!(message.contains("`é`"), "{message}");
        assert!(refused("é\u{e9},".as_bytes().split_at(3).0).contains("column 2"));
        assert!(refused(b"\x80").contains("`€`"));
        assert!(refused(b"x\0,\0").contains("line 1, column 2: the byte is 0"));
        assert!(refused(b"\xff\xfea").contains("UTF-16"));
        assert!(refused(b"PK\x03\x04").contains("zip archive or an Excel workbook"));
        assert!(refused(b"\x28\xb5\x2f\xfd").contains("Zstandard"));
        let packed = gzip("x,class\n");
        assert!(refused(&packed[..packed.len() - 9]).contains("unpacked as gzip"));
    }
}
