//! The vendors: one file each. Whatever a vendor calls a thing stays in its file.

mod cause;
pub mod folder;
pub mod http_client;
pub mod random_ids;
pub mod rate_limit;
pub mod smtp;
pub mod system_clock;
pub mod twilio;
