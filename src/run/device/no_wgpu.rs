//! Devices of graphics APIs in a build without the feature: there are none.

use super::adapter::Adapter;
use super::choice::GpuKind;

const REASON: &str = "this tp-sweep was built without the `wgpu` feature: \
                      cargo build --release --features wgpu";

pub(super) fn adapters(_api: GpuKind) -> Result<Vec<Adapter>, String> {
    Err(REASON.to_owned())
}

pub(super) fn probe(_adapter: &Adapter) -> Result<(), String> {
    Err(REASON.to_owned())
}
