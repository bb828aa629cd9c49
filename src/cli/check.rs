//! `check`: everything that is wrong with a settings file, and nothing started.

use super::{Failed, SettingsFile, WrongSettings, say};
use clap::Args;
use dutyline::settings;
use dutyline::start::Source;

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
}

impl Check {
    pub(super) fn run(self) -> Result<(), Failed> {
        if self.default {
            say(settings::DEFAULT.trim_end());
        } else if self.reference {
            say(settings::reference().trim_end());
        } else {
            let source = Source::File(self.file.settings.clone());
            let loaded = source.load().map_err(|problems| WrongSettings(problems.to_string()))?;
            for warning in &loaded.warnings {
                say(&warning.to_string());
            }
            let count = match loaded.warnings.len() {
                0 => "no warnings".to_owned(),
                1 => "1 warning".to_owned(),
                count => format!("{count} warnings"),
            };
            say(&format!("{}: no problems, {count}", self.file.settings.display()));
        }
        Ok(())
    }
}
