//! `import`: the settings of another program as settings of ours.

use super::{Failed, complain, say};
use clap::{Args, Subcommand};
use dutyline::settings::import;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What is read.
#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// The `xm_settings` script of the phone line that Dutyline takes the place of.
    ///
    /// It is read as text and never run. What has no place here, is missing or does not fit together is named with
    /// its line.
    ByPhone(ByPhone),
}

/// Options of `import by-phone`.
#[derive(Debug, Args)]
pub(crate) struct ByPhone {
    /// The script.
    file: PathBuf,
    /// The settings file to make, for this user's eyes only: it holds the script's secrets. Left out: it is printed.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Import {
    pub(super) fn run(self) -> Result<(), Failed> {
        let Self::ByPhone(ByPhone { file, out }) = self;
        let name = file.display().to_string();
        let bytes = std::fs::read(&file).map_err(|error| format!("{name} can't be read: {error}"))?;
        let Some(made) = import::by_phone(&name, &String::from_utf8_lossy(&bytes)) else {
            return Err(format!("{name}: there is no setting of such a script in it").into());
        };
        match &out {
            Some(out) => write(out, &made.settings)?,
            None => say(made.settings.trim_end()),
        }
        for note in &made.notes {
            // What stands in the script has a line there.
            let separator = if note.line.is_some() { ":" } else { ": " };
            complain(&format!("{name}{separator}{note}"));
        }
        if let Some(out) = out {
            say(&format!(
                "written to {}; next, `dutyline check --settings {}`",
                out.display(),
                out.display()
            ));
        }
        Ok(())
    }
}

fn write(path: &Path, settings: &str) -> Result<(), Failed> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(settings.as_bytes()));
    Ok(written.map_err(|error| format!("{} can't be written: {error}", path.display()))?)
}
