//! The tests that reach the library from outside: one binary, linked once.
#![cfg(test)]

mod adapters;
mod architecture;
mod backup;
mod calls;
mod crash;
#[cfg(feature = "postgres")]
mod database;
mod effects;
mod exchange;
mod http;
mod online;
mod retention;
mod settings;
mod storage;
mod upstreams;
mod voice_edge;
mod world;
