//! The tile of a matrix product that one cube (a CUDA block) computes.

use cubecl::prelude::*;

/// Units of a cube along each side of its tile: 16 × 16 = 256.
pub(crate) const SIDE: u32 = 16;
/// Units of a cube.
pub(crate) const UNITS: u32 = SIDE * SIDE;
/// Numbers of the larger operand that a cube holds in shared memory at once: four for each unit.
const CHUNK: u32 = 4 * UNITS;

/// The rows and columns of its tile that each unit computes in registers.
///
/// The inner dimension is always added up in order, so the size of a tile changes no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Tile {
    /// Rows of a unit: 1, 2 or 4.
    pub(crate) rows: u32,
    /// Columns of a unit: 1, 2 or 4.
    pub(crate) columns: u32,
}

impl Tile {
    /// The tile for products of `rows` × `columns`, `products` of them at once, on a device with this
    /// many multiprocessors.
    ///
    /// Large tiles read less memory for each operation, small ones keep more multiprocessors busy:
    /// the largest that gives each multiprocessor two cubes, or the smallest.
    pub(crate) fn new(rows: u32, columns: u32, products: u32, multiprocessors: u32) -> Self {
        let mut tile = Self::largest(rows, columns);
        let wanted = u64::from(2 * multiprocessors);
        while tile.cubes(rows, columns, products) < wanted && tile.rows.max(tile.columns) > 1 {
            match tile.rows >= tile.columns {
                true => tile.rows /= 2,
                false => tile.columns /= 2,
            }
        }
        tile
    }

    /// Selects a tile in the same way, but one that holds all rows, of which there are at most 64.
    pub(crate) fn of_all_rows(
        rows: u32,
        columns: u32,
        products: u32,
        multiprocessors: u32,
    ) -> Self {
        let mut tile = Self::largest(rows, columns);
        let wanted = u64::from(2 * multiprocessors);
        while tile.cubes(rows, columns, products) < wanted && tile.columns > 1 {
            tile.columns /= 2;
        }
        tile
    }

    fn largest(rows: u32, columns: u32) -> Self {
        let [rows, columns] = [rows, columns].map(|length| match length {
            0..=16 => 1,
            17..=32 => 2,
            _ => 4,
        });
        Self { rows, columns }
    }

    fn cubes(self, rows: u32, columns: u32, products: u32) -> u64 {
        let [across, down] = self.grid(rows, columns);
        u64::from(across) * u64::from(down) * u64::from(products)
    }

    /// Tiles across and down that cover `rows` × `columns`.
    pub(crate) fn grid(self, rows: u32, columns: u32) -> [u32; 2] {
        [columns.div_ceil(self.width()), rows.div_ceil(self.height())]
    }

    /// Rows of the tile.
    pub(crate) fn height(self) -> u32 {
        SIDE * self.rows
    }

    /// Columns of the tile.
    pub(crate) fn width(self) -> u32 {
        SIDE * self.columns
    }

    /// How much of the inner dimension is in shared memory at once.
    pub(crate) fn depth(self) -> u32 {
        CHUNK / self.height().max(self.width())
    }

    /// Where the next column of the inner dimension begins in the left operand's shared memory: one
    /// number of padding keeps neighbouring units off the same memory bank.
    pub(crate) fn left_stride(self) -> u32 {
        self.height() + 1
    }

    /// Likewise for the right operand.
    pub(crate) fn right_stride(self) -> u32 {
        self.width() + 1
    }
}

/// Adds the product of the tiles in shared memory to a unit's registers.
///
/// A unit's rows and columns are 16 apart, so that neighbouring units read neighbouring numbers.
#[cube]
pub(crate) fn multiply_chunk(
    sums: &mut Array<f32>,
    left: &SharedMemory<f32>,
    right: &SharedMemory<f32>,
    #[comptime] tile: Tile,
) {
    let mut factors = Array::<f32>::new(comptime!(tile.columns as usize));
    let depth = comptime!(tile.depth());
    let left_stride = comptime!(tile.left_stride());
    let right_stride = comptime!(tile.right_stride());
    for k in 0..depth {
        #[unroll]
        for j in 0..tile.columns {
            factors[j as usize] = right[(k * right_stride + UNIT_POS_X + j * SIDE) as usize];
        }
        #[unroll]
        for i in 0..tile.rows {
            let factor = left[(k * left_stride + UNIT_POS_Y + i * SIDE) as usize];
            #[unroll]
            for j in 0..tile.columns {
                sums[(i * tile.columns + j) as usize] += factor * factors[j as usize];
            }
        }
    }
}

/// Registers of a unit, all zero.
#[cube]
pub(crate) fn zeros(#[comptime] tile: Tile) -> Array<f32> {
    let mut sums = Array::<f32>::new(comptime!((tile.rows * tile.columns) as usize));
    #[unroll]
    for i in 0..tile.rows * tile.columns {
        sums[i as usize] = 0.0;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_shrink_until_every_multiprocessor_has_two() {
        let tile = |rows, columns, products, multiprocessors| {
            let tile = Tile::new(rows, columns, products, multiprocessors);
            [tile.rows, tile.columns]
        };
        assert_eq!(tile(64, 128, 512, 132), [4, 4]);
        assert_eq!(tile(64, 128, 1, 132), [1, 1]);
        assert_eq!(tile(64, 128, 64, 132), [2, 2]);
        assert_eq!(tile(64, 10, 1024, 132), [4, 1]);
        assert_eq!(tile(1, 1, 1, 1), [1, 1]);
    }

    #[test]
    fn a_tile_of_all_rows_gives_up_columns_alone() {
        for (rows, height) in [(1, 16), (17, 32), (33, 64), (64, 64)] {
            for multiprocessors in [1, 132] {
                let tile = Tile::of_all_rows(rows, 128, 1, multiprocessors);
                assert_eq!(tile.height(), height);
            }
        }
        assert_eq!(Tile::of_all_rows(64, 128, 1, 132).columns, 1);
    }

    #[test]
    fn a_tile_s_shared_memory_holds_a_row_of_each_unit() {
        for rows in [1, 2, 4] {
            for columns in [1, 2, 4] {
                let tile = Tile { rows, columns };
                assert!(tile.depth() * tile.right_stride() >= SIDE * tile.width());
            }
        }
    }

    #[test]
    fn shared_memory_stays_within_what_every_device_has() {
        for rows in [1, 2, 4] {
            for columns in [1, 2, 4] {
                let tile = Tile { rows, columns };
                let numbers = tile.depth() * (tile.left_stride() + tile.right_stride());
                // WebGPU's default limit is 16 KiB.
                assert!(numbers * 4 <= 16 << 10, "{tile:?}: {numbers}");
            }
        }
    }
}
