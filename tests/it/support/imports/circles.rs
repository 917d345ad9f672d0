//! Files and folders that import each other in a circle.

use super::Edge;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Files and folders that import each other in a circle.
#[derive(Debug)]
pub struct Circle {
    pub units: BTreeSet<PathBuf>,
    /// One edge for each pair.
    pub edges: Vec<Edge>,
}

impl std::fmt::Display for Circle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let units = self.units.iter().map(|unit| unit.display().to_string());
        writeln!(f, "{}", units.collect::<Vec<_>>().join(" ⇄ "))?;
        for edge in &self.edges {
            writeln!(f, "    {edge}")?;
        }
        Ok(())
    }
}

pub(super) fn circles_in(folder: &Path, edges: &[Edge]) -> Vec<Circle> {
    let mut between: BTreeMap<(PathBuf, PathBuf), &Edge> = BTreeMap::new();
    for edge in edges {
        if let Some(from) = unit(folder, &edge.from)
            && let Some(to) = unit(folder, &edge.to)
            && from != to
        {
            between.entry((from, to)).or_insert(edge);
        }
    }
    let reached = |start: &PathBuf| {
        let mut reached = BTreeSet::new();
        let mut open = vec![start.clone()];
        while let Some(at) = open.pop() {
            let next = between.keys().filter(|(from, _)| *from == at);
            let next = next.map(|(_, to)| to.clone());
            open.extend(next.filter(|to| reached.insert(to.clone())));
        }
        reached
    };
    let units: BTreeSet<&PathBuf> = between.keys().map(|(from, _)| from).collect();
    let reached: BTreeMap<&PathBuf, BTreeSet<PathBuf>> = units
        .into_iter()
        .map(|unit| (unit, reached(unit)))
        .collect();
    let mut circles: BTreeMap<BTreeSet<PathBuf>, Vec<Edge>> = BTreeMap::new();
    for (unit, from_it) in &reached {
        let back = |other: &&PathBuf| reached.get(other).is_some_and(|from| from.contains(*unit));
        let circle: BTreeSet<PathBuf> = from_it.iter().filter(back).cloned().collect();
        if !circle.is_empty() {
            circles.entry(circle).or_default();
        }
    }
    let circles = circles.into_keys().map(|units| {
        let is_within =
            |(from, to): &(PathBuf, PathBuf)| units.contains(from) && units.contains(to);
        let edges = between.iter().filter(|(pair, _)| is_within(pair));
        let edges = edges.map(|(_, edge)| (*edge).clone()).collect();
        Circle { units, edges }
    });
    circles.collect()
}

/// The entry of the folder itself: the file, or the folder that has it. `x.rs` belongs to a folder `x` next to it.
fn unit(folder: &Path, file: &Path) -> Option<PathBuf> {
    let within = file.strip_prefix(folder).ok()?;
    let first = within.components().next()?;
    Some(folder.join(first).with_extension(""))
}
