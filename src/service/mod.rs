//! The use cases: free functions, context first. Each reads what it needs, calls one decision of `domain`, and
//! writes it once.

pub mod alerting;
pub mod answering;
pub mod auditing;
pub mod calendar;
pub mod calling;
pub mod calls;
pub mod changes;
pub mod current;
pub mod directory;
pub mod effects;
pub mod escalating;
pub mod feed;
mod forwarding;
pub mod health;
mod hooks;
pub mod intake;
pub mod keys;
pub mod ledger;
pub mod links;
pub mod message;
pub mod on_call;
pub mod online;
pub mod outbox;
pub mod reloading;
pub mod retention;
pub mod ringing;
mod sending;
pub mod signing;
mod sparing;
mod subscribing;
mod throttling;
mod transcribing;
pub mod voice;

pub use crate::ports::deliveries::Attempt;
pub use crate::ports::error::StoreError;
pub use crate::ports::store::{
    AlertCursor, AlertPage, AuditCursor, AuditEntry, AuditFilter, CallCursor, FedEntry, ListedEffect,
};
pub use effects::EffectError;
