//! The arguments of `init`.

use crate::spec::Language;
use crate::starter::StarterKind;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The arguments of `init`.
#[derive(Args, Clone, Debug)]
pub struct InitArguments {
    /// Write this kind of project
    #[arg(value_name = "KIND", value_enum, default_value = "mlp")]
    pub kind: StarterKind,
    /// Write it to this folder
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub folder: PathBuf,
    /// Write the guide, comments and reports in this language
    #[arg(long, value_name = "en|fr", default_value = "en", value_parser = super::commands::language)]
    pub language: Language,
}

impl ValueEnum for StarterKind {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Course => "The six axes of the course",
            Self::Mlp => "Fully connected networks on MNIST",
            Self::Cnn => "Convolutional networks on MNIST",
            Self::Table => "Your own table, with an example",
            Self::Images => "Your own images, with examples",
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}
