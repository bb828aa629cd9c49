//! What we ask of the world: traits, and the values that they speak.

pub mod alert_target;
pub mod answers;
pub mod clock;
pub mod deliveries;
pub mod error;
pub mod limit;
pub mod people;
pub mod recordings;
pub mod shortener;
pub mod store;
pub mod telephony;
pub mod transcriber;
pub mod vendor;
pub mod visitor;
pub mod webhook;
