//! Each vendor's adapter against a stand-in of the vendor.

mod folder;
mod smtp;
mod twilio;
