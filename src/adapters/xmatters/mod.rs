//! xMatters: a directory of people, and a target of alerts.

pub mod directory;
mod on_call;
pub mod trigger;
mod wire;
