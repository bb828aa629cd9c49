//! `backup` and `restore`: the data of a gateway, saved and put back.

use super::serve::load;
use super::{Failed, SettingsFile, block_on, complain, say};
use clap::Args;
use dutyline::start::{self, Source};
use dutyline::storage::backup;
use std::path::PathBuf;

/// Options of `backup`.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The folder to make. It appears only when the backup is whole.
    folder: PathBuf,
    #[command(flatten)]
    file: SettingsFile,
}

/// Options of `restore`.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The folder of the backup.
    folder: PathBuf,
    #[command(flatten)]
    file: SettingsFile,
}

impl Backup {
    pub(super) fn run(self) -> Result<(), Failed> {
        let settings = load(&Source::File(self.file.settings))?.settings;
        let now = start::real_clock().now();
        let manifest = block_on(async {
            let snapshot = start::open_snapshot(&settings).await?;
            let recordings = start::open_recordings(&settings, start::VENDOR_TIMEOUT)?;
            Ok(backup::take(&*snapshot, &*recordings, &self.folder, now).await?)
        })?;
        for missing in &manifest.missing_sounds {
            complain(&format!(
                "the sound of recording {} is not to be had: {}",
                missing.recording, missing.cause
            ));
        }
        let rows: u64 = manifest.rows.values().sum();
        say(&format!(
            "{}: {rows} rows and {} sounds as of {}",
            self.folder.display(),
            manifest.sounds,
            manifest.taken_at
        ));
        match manifest.missing_sounds.len() {
            0 => Ok(()),
            count => Err(format!("the backup is made, without {count} sounds that it should have").into()),
        }
    }
}

impl Restore {
    pub(super) fn run(self) -> Result<(), Failed> {
        let settings = load(&Source::File(self.file.settings))?.settings;
        let backup = backup::Backup::open(&self.folder)?;
        let recordings = start::open_recordings(&settings, start::VENDOR_TIMEOUT)?;
        block_on(async { Ok(start::put_back(&settings, &backup, &*recordings).await?) })?;
        let manifest = backup.manifest();
        for missing in &manifest.missing_sounds {
            complain(&format!("the sound of recording {} is not in the backup", missing.recording));
        }
        let rows: u64 = manifest.rows.values().sum();
        say(&format!(
            "{}: {rows} rows and {} sounds as of {}",
            match &settings.store.postgres {
                Some(_) => "the database of store.postgres_url".to_owned(),
                None => settings.store.database.display().to_string(),
            },
            manifest.sounds,
            manifest.taken_at
        ));
        say("What waited to be done outside at that moment is done once the gateway runs, perhaps again.");
        Ok(())
    }
}
