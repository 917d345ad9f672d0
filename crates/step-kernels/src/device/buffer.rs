//! Buffers in device memory.

use super::copy::{self, clear, copy_into, copy_out};
use cubecl::prelude::*;
use cubecl::server::Handle;

/// A part of device memory, and the number of four-byte values that it holds.
#[derive(Clone, Debug)]
pub(super) struct Buffer {
    pub(super) handle: Handle,
    pub(super) length: usize,
}

impl Buffer {
    /// A buffer with unspecified contents.
    pub(super) fn empty<R: Runtime>(client: &ComputeClient<R>, length: usize) -> Self {
        Self {
            handle: client.empty(length * size_of::<f32>()),
            length,
        }
    }

    pub(super) fn zeros<R: Runtime>(client: &ComputeClient<R>, length: usize) -> Self {
        Self::of(client, &vec![0.0_f32; length])
    }

    /// A buffer with these values.
    pub(super) fn of<R: Runtime, N: CubeElement>(client: &ComputeClient<R>, values: &[N]) -> Self {
        Self {
            handle: client.create_from_slice(N::as_bytes(values)),
            length: values.len(),
        }
    }

    pub(super) fn argument<R: Runtime>(&self) -> ArrayArg<R> {
        // SAFETY: the length is that of the allocation, in four-byte values.
        unsafe { ArrayArg::from_raw_parts(self.handle.clone(), self.length) }
    }

    /// Copies `count` values from `source`, or zeros if there is none, to `offset` in the buffer.
    pub(super) fn put<R: Runtime>(
        &self,
        client: &ComputeClient<R>,
        offset: usize,
        count: usize,
        source: Option<&Handle>,
    ) {
        let (cubes, dim) = (cubes(count), CubeDim::new_1d(copy::UNITS));
        let [numbers, offset] = [count, offset].map(|n| n as u32);
        // SAFETY: the source holds `count` values, and the buffer as many from `offset` on.
        unsafe {
            match source {
                Some(handle) => {
                    let source = Self {
                        handle: handle.clone(),
                        length: count,
                    };
                    copy_into::launch_unchecked::<R>(
                        client,
                        cubes,
                        dim,
                        source.argument(),
                        self.argument(),
                        numbers,
                        offset,
                    );
                }
                None => {
                    let to = self.argument();
                    clear::launch_unchecked::<R>(client, cubes, dim, to, numbers, offset);
                }
            }
        }
    }

    /// A copy of the `count` values from `offset` on.
    pub(super) fn part<R: Runtime>(
        &self,
        client: &ComputeClient<R>,
        offset: usize,
        count: usize,
    ) -> Handle {
        let copied = Self::empty(client, count);
        // SAFETY: both buffers contain the range that is copied.
        unsafe {
            copy_out::launch_unchecked::<R>(
                client,
                cubes(count),
                CubeDim::new_1d(copy::UNITS),
                self.argument(),
                copied.argument(),
                count as u32,
                offset as u32,
            );
        }
        copied.handle
    }
}

fn cubes(count: usize) -> CubeCount {
    let max_cubes = 4096;
    CubeCount::Static(
        (count as u32).div_ceil(copy::UNITS).clamp(1, max_cubes),
        1,
        1,
    )
}
