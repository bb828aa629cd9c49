//! What an error of `PostgreSQL` means to us.
//!
//! Source of the codes: `PostgreSQL`, "Appendix A. Error Codes".

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

use crate::ports::error::{Cause, Inconsistent, Outage, StoreError};

/// A failure, and what it leaves behind.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) error: StoreError,
    pub(super) after: After,
}

impl Fault {
    /// What the server or the system said.
    pub(super) fn cause(self) -> Option<Cause> {
        match self.error {
            StoreError::Unavailable { source, outage: _ } => source,
            other @ (StoreError::Conflict | StoreError::Inconsistent(_)) => Some(Arc::new(other)),
        }
    }
}

/// What a failure leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// The connection goes on; trying again leads to the same.
    Refused,
    /// The connection goes on; somebody else was in the way, and may be gone the next time.
    InTheWay,
    /// The connection can't be used any more.
    Lost,
}

/// What the server said, without what could be a stored value: its details are left out, and its message too
/// where the kind of error is one whose message quotes values.
#[derive(Debug, thiserror::Error)]
pub(super) struct Said {
    code: String,
    message: Option<String>,
    constraint: Option<String>,
    column: Option<String>,
}

impl Said {
    fn of(error: &DbError) -> Self {
        let code = error.code().code();
        // Class 22: data exceptions, class 23: violated constraints.
        let quotes_values = code.starts_with("22") || code.starts_with("23");
        Self {
            code: code.to_owned(),
            message: (!quotes_values).then(|| error.message().to_owned()),
            constraint: error.constraint().map(str::to_owned),
            column: error.column().map(str::to_owned),
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            Some(message) => write!(f, "{message} (SQLSTATE {})", self.code)?,
            None => write!(f, "SQLSTATE {}", self.code)?,
        }
        if let Some(constraint) = &self.constraint {
            write!(f, ", constraint {constraint}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        Ok(())
    }
}

/// The server said nothing in time.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {} milliseconds", .0.as_millis())]
pub(super) struct Silent(pub(super) Duration);

impl Silent {
    pub(super) fn fault(self) -> Fault {
        Fault { error: StoreError::unavailable(Outage::Failing, self), after: After::Lost }
    }
}

/// What the failure of a statement means.
pub(super) fn explain(error: Error, statement: &'static str) -> Fault {
    let Some(said) = error.as_db_error() else { return without_words(error) };
    let code = said.code();
    if *code == SqlState::UNIQUE_VIOLATION {
        return Fault { error: StoreError::Conflict, after: After::Refused };
    }
    match outage(code) {
        Some((outage, after)) => Fault { error: StoreError::unavailable(outage, Said::of(said)), after },
        None => Fault {
            error: StoreError::Inconsistent(Inconsistent {
                statement,
                row: None,
                column: None,
                problem: Cow::Borrowed("does not fit the database"),
                source: Some(Arc::new(Said::of(said))),
            }),
            after: After::Refused,
        },
    }
}

/// What the failure of a connection, of `begin`, `commit` and the like means: never anything about one write.
pub(super) fn of_control(error: Error) -> Fault {
    let Some(said) = error.as_db_error() else { return without_words(error) };
    let (outage, after) = outage(said.code()).unwrap_or((Outage::Failing, After::Lost));
    Fault { error: StoreError::unavailable(outage, Said::of(said)), after }
}

/// A statement that the program should not have sent.
pub(super) fn of_statement(statement: &'static str, problem: impl Into<Cow<'static, str>>) -> StoreError {
    StoreError::Inconsistent(Inconsistent {
        statement,
        row: None,
        column: None,
        problem: problem.into(),
        source: None,
    })
}

/// The client's own errors are about the connection: what could be wrong with a value is checked before.
fn without_words(error: Error) -> Fault {
    Fault { error: StoreError::unavailable(Outage::Failing, error), after: After::Lost }
}

fn outage(code: &SqlState) -> Option<(Outage, After)> {
    let of_class = |class: &str| code.code().starts_with(class);
    Some(match code.code() {
        // disk_full
        "53100" => (Outage::Full, After::Refused),
        // lock_not_available, deadlock_detected, serialization_failure
        "55P03" | "40P01" | "40001" => (Outage::Locked, After::InTheWay),
        // query_canceled (it took longer than the time that the session gives a statement), insufficient_privilege
        "57014" | "42501" => (Outage::Failing, After::Refused),
        // read_only_sql_transaction: the server has become another's standby, and a new connection may find the one
        // that has taken its place. invalid_sql_statement_name, feature_not_supported (a plan whose table has
        // changed since): what was prepared over this connection is gone or stale.
        "25006" | "26000" | "0A000" => (Outage::Failing, After::Lost),
        // Insufficient resources, too many connections among them; operator intervention; connection
        // exceptions; who we are; which database; errors of the system; corrupted data.
        _ if ["53", "57", "08", "28", "3D", "58", "XX"].into_iter().any(of_class) => {
            (Outage::Failing, After::Lost)
        }
        _ => return None,
    })
}
