//! A look at a database that changes nothing in it, not even its schema.

use super::{OpenError, SqliteOptions, open};
use crate::storage::migrate::{self, MigrateError};
use std::path::Path;

/// How a database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// There is no file.
    Missing,
    /// It has an older schema than ours, or none: the next start brings it up to date.
    Older,
    /// It has our schema.
    Current,
}

/// Looks at the database of that place. Blocks meanwhile.
///
/// An error is what a start would fail with.
pub fn look(place: &Path, options: &SqliteOptions) -> Result<Condition, OpenError> {
    match place.try_exists() {
        Ok(true) => {}
        Ok(false) => return Ok(Condition::Missing),
        Err(error) => return Err(open::unusable(place, error)),
    }
    let version = open::schema_version(place, options)?;
    let newest = migrate::newest();
    match version {
        Some(database) if database > newest => Err(MigrateError::Newer { database, program: newest }.into()),
        Some(database) if database == newest => Ok(Condition::Current),
        Some(_) | None => Ok(Condition::Older),
    }
}
