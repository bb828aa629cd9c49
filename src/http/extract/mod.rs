//! What handlers take from a request.

pub mod auth;
pub(super) mod body;
pub mod item;
pub(super) mod page;
pub(super) mod query;
pub(super) mod signature;
pub(super) mod subscriber;
