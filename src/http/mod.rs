//! The edge: requests in, answers out. No rule lives here; each handler reads its request, calls one use case
//! and writes its answer.

mod admin;
mod alerting;
mod calendar;
mod calls;
mod changes;
pub mod error;
pub mod extract;
mod health;
mod layers;
mod limits;
mod links;
mod on_call;
mod outbox;
pub mod request_id;
mod router;
mod sound;
mod sounds;
mod voice;

pub use router::router;
