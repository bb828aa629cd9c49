//! What an error of `SQLite` means to us.
//!
//! Source of the codes: `SQLite`, "Result and Error Codes". Its messages name tables and columns and never
//! repeat a value, so they may be logged.

use std::borrow::Cow;
use std::sync::Arc;

use rusqlite::{Error, ErrorCode, ffi};

use crate::ports::error::{Inconsistent, Outage, StoreError};

/// What the failure of a statement means.
pub(super) fn explain(error: Error, statement: &'static str) -> StoreError {
    let Some(code) = error.sqlite_error() else { return misfit(error, statement) };
    if let ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID =
        code.extended_code
    {
        return StoreError::Conflict;
    }
    match outage(code.code) {
        Some(outage) => StoreError::unavailable(outage, error),
        None => misfit(error, statement),
    }
}

/// What the failure of `begin`, `commit` and the like means: never anything about one write.
pub(super) fn of_control(error: Error) -> StoreError {
    let outage = error.sqlite_error_code().and_then(outage).unwrap_or(Outage::Failing);
    StoreError::unavailable(outage, error)
}

/// A statement that the program should not have sent.
pub(super) fn of_statement(statement: &'static str, problem: &'static str) -> StoreError {
    StoreError::Inconsistent(Inconsistent {
        statement,
        row: None,
        column: None,
        problem: Cow::Borrowed(problem),
        source: None,
    })
}

fn outage(code: ErrorCode) -> Option<Outage> {
    match code {
        ErrorCode::DiskFull => Some(Outage::Full),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
            Some(Outage::Locked)
        }
        ErrorCode::CannotOpen
        | ErrorCode::DatabaseCorrupt
        | ErrorCode::NotADatabase
        | ErrorCode::OperationAborted
        | ErrorCode::OperationInterrupted
        | ErrorCode::OutOfMemory
        | ErrorCode::PermissionDenied
        | ErrorCode::ReadOnly
        | ErrorCode::SystemIoFailure => Some(Outage::Failing),
        ErrorCode::InternalMalfunction
        | ErrorCode::NotFound
        | ErrorCode::SchemaChanged
        | ErrorCode::TooBig
        | ErrorCode::ConstraintViolation
        | ErrorCode::TypeMismatch
        | ErrorCode::ApiMisuse
        | ErrorCode::NoLargeFileSupport
        | ErrorCode::AuthorizationForStatementDenied
        | ErrorCode::ParameterOutOfRange
        | ErrorCode::Unknown
        | _ => None,
    }
}

fn misfit(error: Error, statement: &'static str) -> StoreError {
    StoreError::Inconsistent(Inconsistent {
        statement,
        row: None,
        column: None,
        problem: Cow::Borrowed("does not fit the database"),
        source: Some(Arc::new(error)),
    })
}
