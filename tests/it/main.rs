//! The tests that reach the library from outside: one binary, linked once.
#![cfg(test)]

mod adapters;
mod alerting;
mod answers;
mod architecture;
mod backup;
mod broken;
#[cfg(feature = "object-store-cloud")]
mod bucket;
mod calls;
mod crash;
#[cfg(feature = "postgres")]
mod database;
mod deliveries;
mod effects;
mod elsewhere;
mod exchange;
mod forward;
mod http;
mod import;
mod online;
mod outside;
mod packaging;
mod retention;
mod settings;
mod storage;
mod templates;
mod upstreams;
mod voice_edge;
mod webhooks;
mod world;
