//! Each vendor's adapter against a stand-in of the vendor.

mod recordings;
mod smtp;
mod twilio;
