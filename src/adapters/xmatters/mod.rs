//! xMatters.

pub mod trigger;
