//! `integration`: what opens the ways in for events of other programs.

use super::say;
use clap::Subcommand;
use dutyline::service::intake::new_secret;
use dutyline::start::{real_clock, real_ids};

/// What is done with the ways in.
#[derive(Debug, Subcommand)]
pub(crate) enum Integration {
    /// Make a secret and print it, with the line for the settings file. It is shown this once, and kept nowhere.
    ///
    /// To change the secret of a way in, put the new one's line beside the old one's as `next_secret_hash`, move the
    /// senders, and then let it take the old one's place.
    Secret,
}

impl Integration {
    pub(super) fn run(self) {
        match self {
            Self::Secret => {
                let (secret, hash) = new_secret(&*real_ids(real_clock()));
                say(&secret);
                say(&format!("secret_hash = \"{hash}\""));
            }
        }
    }
}
