//! Detects truncated JPEG files, which the decoder fills with made-up pixels.

/// The code of the marker at the end of an image.
const END: u8 = 0xd9;

/// Whether a JPEG file has the end of its image; anything may follow it.
///
/// After its first two bytes, a file is a sequence of markers (255 and a code), most with a segment that starts with its
/// length in two bytes. Between them are the bytes of scans, in which 0 or the code of a restart follows 255 (ITU-T T.81,
/// annex B).
pub(crate) fn is_complete(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(2..).unwrap_or_default();
    let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff | 0xd0..=0xd7);
    while let Some(at) = rest.windows(2).position(is_marker) {
        let code = rest[at + 1];
        rest = &rest[at + 2..];
        let length = match (code, rest) {
            (END, _) => return true,
            // These have no segment.
            (0x01 | 0xd8, _) => 0,
            (_, [high, low, ..]) => u16::from_be_bytes([*high, *low]).into(),
            _ => return false,
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_truncated_file_is_not_complete() {
        for image in [
            &include_bytes!("../../../tests/fixtures/grey.jpg")[..],
            include_bytes!("../../../tests/fixtures/colour.jpg"),
        ] {
            assert!(is_complete(image));
            for length in 0..image.len() {
                assert!(!is_complete(&image[..length]), "{length}");
            }
            // Phones append a video, which may contain any marker.
            assert!(is_complete(&[image, b"film \xff\xda\xff\xc4"].concat()));
        }
    }

    #[test]
    fn the_end_of_a_preview_is_not_that_of_the_image() {
        let preview = b"\xff\xe1\x00\x06\xff\xd8\xff\xd9";
        let scan = b"\xff\xda\x00\x02\x12\xff\x00\xff\xd0\x34";
        let image = [b"\xff\xd8", &preview[..], scan].concat();
        assert!(!is_complete(&image));
        assert!(is_complete(&[&image[..], b"\xff\xff\xd9"].concat()));
    }
}
