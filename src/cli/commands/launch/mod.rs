//! `tp-sweep launch`.

mod dispatch;
mod follow;
mod print;
mod request;
mod submit;

pub(crate) use dispatch::launch;
