//! The `launch` section: what a sweep requests from a cluster. It changes no result.

mod directive;
mod memory;
mod name;
mod options;
mod text_value;
mod time_limit;

pub use directive::Directive;
pub use memory::MemoryRequest;
pub use name::{ResourceName, Token};
pub use options::LaunchOptions;
pub use time_limit::TimeLimit;
