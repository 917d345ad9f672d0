//! Full-factorial grids: every combination of the levels of several factors, exactly once.

use crate::Error;

/// The shape of a grid with cells in row-major order: the last factor varies fastest.
pub(crate) struct Grid<'a> {
    levels: &'a [usize],
    cells: usize,
}

impl<'a> Grid<'a> {
    /// Creates a grid of factors with these numbers of levels, which must result in `cells` cells.
    pub(crate) fn new(levels: &'a [usize], cells: usize) -> Result<Self, Error> {
        let product = levels
            .iter()
            .try_fold(1_usize, |product, &count| product.checked_mul(count));
        if product == Some(cells) && cells > 0 {
            Ok(Self { levels, cells })
        } else {
            Err(Error::NotAGrid {
                levels: levels.to_vec(),
                rows: cells,
            })
        }
    }

    /// Returns the number of factors.
    pub(crate) fn factors(&self) -> usize {
        self.levels.len()
    }

    /// Returns the number of levels of a factor.
    pub(crate) fn levels(&self, factor: usize) -> usize {
        self.levels[factor]
    }

    /// Returns the number of cells.
    pub(crate) fn cells(&self) -> usize {
        self.cells
    }

    /// Returns the level of a factor in each cell, in order.
    pub(crate) fn level_of_cells(&self, factor: usize) -> impl Iterator<Item = usize> + use<> {
        let levels = self.levels[factor];
        let stride: usize = self.levels[factor + 1..].iter().product();
        (0..self.cells).map(move |cell| cell / stride % levels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_factor_varies_fastest() {
        let grid = Grid::new(&[3, 1, 2], 6).unwrap();
        assert_eq!((grid.factors(), grid.cells()), (3, 6));
        let levels = |factor| grid.level_of_cells(factor).collect::<Vec<_>>();
        assert_eq!(levels(0), [0, 0, 1, 1, 2, 2]);
        assert_eq!(levels(1), [0; 6]);
        assert_eq!(levels(2), [0, 1, 0, 1, 0, 1]);
    }

    #[test]
    fn incomplete_grids_are_rejected() {
        for (levels, rows) in [(vec![3, 2], 5), (vec![3, 0], 0), (vec![usize::MAX, 2], 2)] {
            let found = Grid::new(&levels, rows).err();
            assert_eq!(found, Some(Error::NotAGrid { levels, rows }));
        }
    }
}
