//! `tp-sweep export`.

mod command;
mod describe;
mod existing_files;
mod retrain;
mod select;

pub(crate) use command::export;
