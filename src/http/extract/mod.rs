//! What handlers take from a request.

pub mod auth;
pub mod item;
pub(super) mod page;
pub(super) mod signature;
