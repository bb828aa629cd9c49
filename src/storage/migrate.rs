//! The schema and its history: one list of portable SQL files, run at start on whichever database is at hand.
//!
//! A file that has been released is never edited; what changes goes into the next one. `{blob}` stands for the
//! database's own name of the blob type.

use refinery::{Migration, Runner, SchemaVersion};

/// The files, oldest first.
const FILES: &[(&str, &str)] = &[
    ("V1__voice", include_str!("migrations/V1__voice.sql")),
    ("V2__alerting", include_str!("migrations/V2__alerting.sql")),
    ("V3__outbox", include_str!("migrations/V3__outbox.sql")),
    ("V4__links", include_str!("migrations/V4__links.sql")),
    ("V5__keys", include_str!("migrations/V5__keys.sql")),
    ("V6__probe", include_str!("migrations/V6__probe.sql")),
    ("V7__retention", include_str!("migrations/V7__retention.sql")),
    ("V8__lanes", include_str!("migrations/V8__lanes.sql")),
    ("V9__forwards", include_str!("migrations/V9__forwards.sql")),
    ("V10__short_links", include_str!("migrations/V10__short_links.sql")),
    ("V11__directory", include_str!("migrations/V11__directory.sql")),
    ("V12__overrides", include_str!("migrations/V12__overrides.sql")),
    ("V13__on_call_elsewhere", include_str!("migrations/V13__on_call_elsewhere.sql")),
    ("V14__legs", include_str!("migrations/V14__legs.sql")),
    ("V15__alerting", include_str!("migrations/V15__alerting.sql")),
    ("V16__deliveries", include_str!("migrations/V16__deliveries.sql")),
    ("V17__rings", include_str!("migrations/V17__rings.sql")),
    ("V18__answering", include_str!("migrations/V18__answering.sql")),
    ("V19__webhook_messages", include_str!("migrations/V19__webhook_messages.sql")),
    ("V20__found", include_str!("migrations/V20__found.sql")),
    ("V21__spoken_words", include_str!("migrations/V21__spoken_words.sql")),
    ("V22__answered_steps", include_str!("migrations/V22__answered_steps.sql")),
    ("V23__outbox_lanes", include_str!("migrations/V23__outbox_lanes.sql")),
    ("V24__purpose", include_str!("migrations/V24__purpose.sql")),
];

/// Why the schema could not be brought to where the program needs it. The database is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A newer program has been at work here; ours would misread what that one wrote.
    #[error(
        "the database has schema version {database}, but this program knows versions up to {program} only: \
         start the newer program, or restore the backup that was made before the upgrade"
    )]
    Newer {
        /// The schema version of the database.
        database: SchemaVersion,
        /// The newest schema version that this program knows.
        program: SchemaVersion,
    },
    /// A statement failed, or a file differs from what was applied under its name.
    #[error("the schema of the database could not be brought up to date")]
    Failed(#[source] Box<refinery::Error>),
}

impl From<refinery::Error> for MigrateError {
    fn from(error: refinery::Error) -> Self {
        Self::Failed(Box::new(error))
    }
}

/// How a database is that was only looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// There is none.
    Missing,
    /// It has an older schema than ours, or none: the next start brings it up to date.
    Older,
    /// It has our schema.
    Current,
}

impl Condition {
    /// Of a database to which that part of the schema was applied last, if any was.
    pub(super) fn of(applied: Option<SchemaVersion>) -> Result<Self, MigrateError> {
        let program = newest();
        match applied {
            Some(database) if database > program => Err(MigrateError::Newer { database, program }),
            Some(database) if database == program => Ok(Self::Current),
            Some(_) | None => Ok(Self::Older),
        }
    }
}

/// What brings a database up to date: all pending files in one transaction.
pub(super) fn runner(blob: &str) -> Result<Runner, MigrateError> {
    let migrations = FILES
        .iter()
        .map(|(name, sql)| Migration::unapplied(name, &sql.replace("{blob}", blob)))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Runner::new(&migrations).set_grouped(true))
}

/// The newest schema version that this program knows.
pub(super) fn newest() -> SchemaVersion {
    let version = |(name, _): &(&str, &str)| {
        let digits = name.strip_prefix('V')?.split("__").next()?;
        digits.parse().ok()
    };
    FILES.iter().filter_map(version).max().unwrap_or_default()
}

/// Why the run failed, given the newest version that the database says was applied to it.
pub(super) fn explain(error: refinery::Error, applied: Option<SchemaVersion>) -> MigrateError {
    let program = newest();
    match applied {
        Some(database) if database > program => MigrateError::Newer { database, program },
        Some(_) | None => error.into(),
    }
}
