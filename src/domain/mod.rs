//! The decisions. Pure: values in, values out; no IO, no clock, no randomness, no `async`.

pub mod access;
pub mod alerting;
pub mod audit;
pub mod contact;
pub mod delivery;
pub mod directory;
pub mod effect;
pub mod ids;
pub mod links;
pub mod retention;
pub mod severity;
pub mod voice;
