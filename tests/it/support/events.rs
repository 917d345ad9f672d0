//! Event files taken apart, byte by byte, without the code under test.

use super::files;
use protobuf::Message;
use std::path::{Path, PathBuf};
use tensorboard_proto::event::Event;
use tensorboard_proto::summary::Summary_Value;

/// CRC-32C (Castagnoli), bit by bit: written from the polynomial, not from the crate under test.
pub fn crc32c(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0x82F6_3B78
            } else {
                crc >> 1
            };
        }
    }
    !crc
}

/// TensorFlow's mask of a checksum that is stored next to its data.
fn masked(crc: u32) -> u32 {
    crc.rotate_right(15).wrapping_add(0xA282_EAD8)
}

/// Takes a file apart into its records: length, checksum of the length, data, checksum.
pub fn events(path: &Path) -> Vec<Event> {
    let bytes = std::fs::read(path).unwrap();
    let mut rest = bytes.as_slice();
    let mut events = Vec::new();
    while !rest.is_empty() {
        let (header, after) = rest.split_at(12);
        let length = u64::from_le_bytes(header[..8].try_into().unwrap()) as usize;
        let checksum = u32::from_le_bytes(header[8..].try_into().unwrap());
        assert_eq!(
            checksum,
            masked(crc32c(&header[..8])),
            "checksum of the length"
        );
        let (data, after) = after.split_at(length);
        let (footer, after) = after.split_at(4);
        let checksum = u32::from_le_bytes(footer.try_into().unwrap());
        assert_eq!(checksum, masked(crc32c(data)), "checksum of the data");
        events.push(Event::parse_from_bytes(data).unwrap());
        rest = after;
    }
    events
}

/// The steps and values of a scalar.
pub fn scalar(events: &[Event], tag: &str) -> Vec<(i64, f64)> {
    events
        .iter()
        .flat_map(|event| {
            event
                .get_summary()
                .get_value()
                .iter()
                .map(move |v| (event, v))
        })
        .filter(|(_, value)| value.get_tag() == tag)
        .map(|(event, value)| (event.get_step(), f64::from(value.get_simple_value())))
        .collect()
}

/// The first value of a tag.
pub fn value(events: &[Event], tag: &str) -> Summary_Value {
    let mut values = events
        .iter()
        .flat_map(|event| event.get_summary().get_value());
    let found = values.find(|value| value.get_tag() == tag);
    found.unwrap_or_else(|| panic!("no value of {tag}")).clone()
}

/// The one event file of a folder.
pub fn event_file(folder: &Path) -> PathBuf {
    let mut found = files(folder);
    found.retain(|path| path.to_string_lossy().contains("tfevents"));
    assert_eq!(found.len(), 1, "one event file in {}", folder.display());
    found.remove(0)
}
