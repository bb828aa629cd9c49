//! `check`: everything that is wrong with a settings file, and nothing started.

use super::{Failed, SettingsFile, WrongSettings, block_on, say};
use clap::Args;
use dutyline::service::online;
use dutyline::settings::{self, Loaded};
use dutyline::start::{self, Source};
use futures_util::StreamExt;

/// Options of `check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    file: SettingsFile,
    /// Print a commented settings file with every key and its default, and check nothing.
    #[arg(long, conflicts_with = "reference")]
    default: bool,
    /// Print the reference of all settings as Markdown, and check nothing.
    #[arg(long)]
    reference: bool,
    /// Ask the carrier, the mail server and our own public address as well, and say of each thing whether it is as
    /// the settings say. Starts nothing and sends nothing.
    #[arg(long, conflicts_with_all = ["default", "reference"])]
    online: bool,
}

impl Check {
    pub(super) fn run(self) -> Result<(), Failed> {
        if self.default {
            say(settings::DEFAULT.trim_end());
        } else if self.reference {
            say(settings::reference().trim_end());
        } else {
            let source = Source::File(self.file.settings.clone());
            let now = start::real_clock().now();
            let loaded = settings::load_at(&self.file.settings, now)
                .map_err(|problems| WrongSettings(problems.to_string()))?;
            for warning in &loaded.warnings {
                say(&warning.to_string());
            }
            let count = match loaded.warnings.len() {
                0 => "no warnings".to_owned(),
                1 => "1 warning".to_owned(),
                count => format!("{count} warnings"),
            };
            say(&format!("{}: no problems, {count}", self.file.settings.display()));
            if self.online {
                return online(loaded, source);
            }
        }
        Ok(())
    }
}

/// A line for each thing that was looked at, as soon as it and all before it are known.
fn online(loaded: Loaded, source: Source) -> Result<(), Failed> {
    block_on(async {
        let mut findings = online::run(start::probes(loaded, source)?, online::PATIENCE);
        let mut failed = 0;
        while let Some(finding) = findings.next().await {
            failed += usize::from(finding.verdict.is_failed());
            say(&finding.to_string());
        }
        match failed {
            0 => Ok(()),
            1 => Err("1 thing is not as it should be".into()),
            count => Err(format!("{count} things are not as they should be").into()),
        }
    })
}
