//! The built-in carrier, against a gateway of a few lines.

mod adapter;
mod api;
mod callbacks;
mod calls;
mod dialling;
mod mail;
mod outgoing;
mod people;
mod phones;
mod rest_client;
mod retries;
mod scripts;
mod world;
