//! What can go wrong outside. An error here answers two questions only: does trying again help, and whose
//! fault is it?

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use jiff::SignedDuration;
use uuid::Uuid;

/// The error that started it, kept for the log. Shared, because one failed commit is told to many waiters.
pub type Cause = Arc<dyn Error + Send + Sync>;

/// Why the store did not do what it was asked. Nothing was written in any of these cases, but for one: where the
/// connection to a database breaks, or falls silent, at the very moment of the commit, nobody can know. Every write
/// rests on what was read before it, so that doing it again is a [`StoreError::Conflict`] then.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The store cannot be used at the moment. Trying later helps, or an operator has to.
    #[error("the store is unavailable: {outage}")]
    Unavailable {
        /// What the operator has to look at.
        outage: Outage,
        /// What the database or the system said.
        #[source]
        source: Option<Cause>,
    },
    /// What the write rests on has changed since it was read, or exists already. Reading and deciding
    /// again helps.
    #[error("what the write rests on has changed since it was read")]
    Conflict,
    /// The stored data and the program don't fit together: a fault of ours, which trying again doesn't mend.
    #[error(transparent)]
    Inconsistent(Inconsistent),
}

impl StoreError {
    /// The store is unavailable, and this is what the database or the system said.
    pub fn unavailable(outage: Outage, source: impl Error + Send + Sync + 'static) -> Self {
        Self::Unavailable { outage, source: Some(Arc::new(source)) }
    }

    /// The store was closed, or its worker has gone.
    pub fn closed() -> Self {
        Self::Unavailable { outage: Outage::Closed, source: None }
    }
}

/// What keeps the store from working.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// There is no room left on the disk, or the database has reached the size that the settings allow.
    Full,
    /// Another process holds the database longer than we are willing to wait.
    Locked,
    /// The disk, the file or the connection fails.
    Failing,
    /// We have closed the store ourselves: the program is about to end.
    Closed,
}

impl fmt::Display for Outage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the disk or the database is full",
            Self::Locked => "another process holds the database",
            Self::Failing => "the database or its disk fails",
            Self::Closed => "it has been closed",
        })
    }
}

/// Where the stored data and the program don't fit together. Never holds a stored value, which could be
/// somebody's phone number; an id is none.
#[derive(Debug, Clone)]
pub struct Inconsistent {
    /// The statement at fault.
    pub statement: &'static str,
    /// The first id in the row at fault.
    pub row: Option<Uuid>,
    /// The column at fault, by its name in the result.
    pub column: Option<String>,
    /// What is wrong, as a clause that follows the place: `is null`.
    pub problem: Cow<'static, str>,
    /// What the database said.
    pub source: Option<Cause>,
}

impl fmt::Display for Inconsistent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "column {column}")?,
            None => f.write_str("the statement")?,
        }
        write!(f, " {}", self.problem)?;
        if let Some(row) = self.row {
            write!(f, " in row {row}")?;
        }
        write!(f, " (`{}`)", self.statement)
    }
}

impl Error for Inconsistent {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}

impl From<Inconsistent> for StoreError {
    fn from(fault: Inconsistent) -> Self {
        Self::Inconsistent(fault)
    }
}

/// A vendor failed. The adapter decides which it is; the caller never guesses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VendorError {
    /// Another try may help.
    #[error("for now: {cause}")]
    Temporary {
        /// How long the vendor asks us to wait.
        retry_after: Option<SignedDuration>,
        /// For the operator: no number, address, secret or query string in it.
        cause: String,
    },
    /// It will fail again.
    #[error("for good: {cause}")]
    Permanent {
        /// For the operator: no number, address, secret or query string in it.
        cause: String,
    },
}

impl VendorError {
    /// The same, of one of several of its kind, by name.
    #[must_use]
    pub fn of(self, name: &str) -> Self {
        let named = |cause| format!("\"{name}\": {cause}");
        match self {
            Self::Temporary { retry_after, cause } => Self::Temporary { retry_after, cause: named(cause) },
            Self::Permanent { cause } => Self::Permanent { cause: named(cause) },
        }
    }

    /// Worth another try, at our own pace.
    pub fn temporary(cause: impl Into<String>) -> Self {
        Self::Temporary { retry_after: None, cause: cause.into() }
    }

    /// What went wrong, without what it means for another try.
    pub fn cause(&self) -> &str {
        match self {
            Self::Temporary { cause, .. } | Self::Permanent { cause } => cause,
        }
    }

    /// Not worth another try.
    pub fn permanent(cause: impl Into<String>) -> Self {
        Self::Permanent { cause: cause.into() }
    }
}

/// A vendor has not said that it did what it does whenever it is asked: placed a call, took a message. To ask again for what
/// it did rings a phone twice, so that it matters which it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undone {
    /// It has not done it: it could not be reached, or refused. Where the reason is temporary it can be asked later.
    #[error("{0}")]
    Certainly(VendorError),
    /// It was asked, and its answer is lost, or says that something failed there. Whoever wants to know asks it what it has
    /// done.
    #[error("it is not known whether it was done: {0}")]
    Perhaps(VendorError),
}

impl Undone {
    /// Why.
    pub const fn error(&self) -> &VendorError {
        match self {
            Self::Certainly(error) | Self::Perhaps(error) => error,
        }
    }
}
