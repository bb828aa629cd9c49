//! Each vendor's adapter against a stand-in of the vendor.

mod bitly;
#[cfg(feature = "object-store-cloud")]
mod bucket;
mod messagebird;
mod recordings;
mod smtp;
mod transcriber_command;
mod transcriber_http;
mod twilio;
mod xmatters;
