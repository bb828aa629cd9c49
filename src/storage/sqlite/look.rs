//! A look at a database that changes nothing in it, not even its schema.

use super::{OpenError, SqliteOptions, open};
use crate::storage::migrate::Condition;
use std::path::Path;

/// Looks at the database of that place. Blocks meanwhile.
///
/// An error is what a start would fail with.
pub fn look(place: &Path, options: &SqliteOptions) -> Result<Condition, OpenError> {
    match place.try_exists() {
        Ok(true) => Ok(Condition::of(open::schema_version(place, options)?)?),
        Ok(false) => Ok(Condition::Missing),
        Err(error) => Err(open::unusable(place, error)),
    }
}
