//! The pictures of a report.

use super::classes::TrialClasses;
use super::content::Material;
use super::figure::Figure;

pub(super) struct Figures;

impl Figures {
    pub(super) fn new(_material: &Material) -> Self {
        Self
    }
    pub(super) fn learning_curves(&self) -> Vec<Figure> {
        Vec::new()
    }
    pub(super) fn gradient_norms(&self) -> Vec<Figure> {
        Vec::new()
    }
    pub(super) fn main_effects(&self) -> Option<Figure> {
        None
    }
    pub(super) fn heat_map(&self) -> Option<Figure> {
        None
    }
    pub(super) fn parallel_coordinates(&self) -> Option<Figure> {
        None
    }
    pub(super) fn trade_off(&self) -> Option<Figure> {
        None
    }
    pub(super) fn confusion(&self, _classes: &TrialClasses) -> Option<Figure> {
        None
    }
}
