//! The vendors: one file each. Whatever a vendor calls a thing stays in its file.

mod answer;
pub mod bitly;
mod cause;
pub mod http_client;
pub mod messagebird;
pub mod random_ids;
pub mod rate_limit;
pub mod recordings;
pub mod smtp;
pub mod system_clock;
pub mod transcriber_command;
pub mod transcriber_http;
pub mod twilio;
pub mod visitor;
pub mod webhook;
pub mod xmatters;
