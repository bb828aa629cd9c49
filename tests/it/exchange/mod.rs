//! The built-in carrier, against a gateway of a few lines.

mod api;
mod callbacks;
mod calls;
mod mail;
mod outgoing;
mod phones;
mod rest_client;
mod retries;
mod scripts;
mod world;
