//! A carrier of our own: phones that are typed at, a Twilio-compatible API and webhooks, a mailbox.
//!
//! It is what `demo`, `exchange` and `call` run, and what every test of a call talks to. The gateway knows it
//! only as a carrier with another address, so it behaves as Twilio's documentation says.
//!
//! - [`leg`]: one phone performing TwiML, without network and clock;
//! - [`carrier`]: calls, recordings, webhooks with retries, by a given clock;
//! - [`handsets`]: what happens when the gateway rings a phone;
//! - `rest`, `phone`, [`smtp`]: what it offers on the network;
//! - [`script`], [`transcript`], [`terminal`]: people on the phone, written down or typing.

pub mod audio;
pub mod behaviour;
pub mod carrier;
pub mod handsets;
mod http;
pub mod leg;
pub mod line;
mod phone;
pub mod phone_client;
mod rest;
pub mod script;
pub mod serve;
pub mod smtp;
pub mod terminal;
pub mod transcript;
