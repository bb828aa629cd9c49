//! The edge: requests in, answers out. No rule lives here; each handler reads its request, calls one use case
//! and writes its answer.

mod admin;
mod alerting;
mod answers;
mod calendar;
mod calls;
mod changes;
pub mod error;
mod etag;
pub mod extract;
mod health;
mod layers;
mod limits;
mod links;
mod notifications;
mod on_call;
mod openapi;
mod outbox;
mod page;
pub mod request_id;
mod rings;
mod router;
mod schema;
mod sound;
mod sounds;
mod stream;
mod texts;
mod voice;
mod webhook;

pub use router::router;
