//! Open matters that someone must take.

pub mod alert;
pub mod announce;
pub mod close;
pub mod forward;
pub mod forwarding;
pub mod log;
