//! The tests that reach the library from outside: one binary, linked once.
#![cfg(test)]

mod adapters;
mod architecture;
mod calls;
mod crash;
mod effects;
mod exchange;
mod http;
mod settings;
mod storage;
mod upstreams;
mod voice_edge;
mod world;
