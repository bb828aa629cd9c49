//! The use cases: free functions, context first. Each reads what it needs, calls one decision of `domain`, and
//! writes it once.

pub mod alerting;
pub mod calendar;
pub mod calling;
pub mod calls;
pub mod changes;
pub mod directory;
pub mod effects;
mod forwarding;
pub mod health;
pub mod keys;
pub mod links;
pub mod message;
pub mod on_call;
pub mod online;
pub mod outbox;
pub mod retention;
pub mod signing;
mod transcribing;
pub mod voice;

pub use crate::ports::error::StoreError;
pub use crate::ports::store::{AlertCursor, AuditEntry, CallCursor, ListedEffect};
