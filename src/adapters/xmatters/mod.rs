//! xMatters: a directory of people, and a target of alerts.

pub mod directory;
pub mod trigger;
mod wire;
