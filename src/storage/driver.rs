//! What a database must be able to do for us. Everything above speaks this trait and portable SQL.

use async_trait::async_trait;

use super::write::{Row, Value, Write};
use crate::ports::error::StoreError;

/// Takes rows that are due, for one worker alone: one statement of the form
///
/// ```sql
/// with due as materialized (select id from job where due_at <= $1 and lease_until < $1
///                           order by due_at limit $3 {skip locked})
/// update job set lease_until = $2 where id in (select id from due) returning id, kind
/// ```
///
/// `materialized`, because a plan that looked for what is due anew for each row would find other rows each time.
/// `{skip locked}` stands where a database with many writers has to be told to pass by what another claimer
/// holds; each driver fills in its own words. The rows come back in no certain order.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The statement, with `$1` placeholders.
    pub sql: &'static str,
    /// The values of the placeholders.
    pub args: Vec<Value>,
}

/// The mark in the text of a [`Claim`] that each driver replaces by its own words.
pub const SKIP_LOCKED: &str = "{skip locked}";

/// One database. What a method has returned `Ok` for is on disk and is seen by every later read.
///
/// A future that is dropped before it is ready may still have been carried out.
#[async_trait]
pub trait Driver: Send + Sync {
    /// Reads. The statement must not write.
    async fn query(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError>;

    /// A read of few rows that an index leads to, which takes no time worth speaking of: it never waits behind a read of
    /// many rows.
    async fn few(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        self.query(sql, args).await
    }

    /// Carries out a write, all of it or nothing.
    ///
    /// [`StoreError::Conflict`] when a step changes another number of rows than it expects, or makes a
    /// second row of what must be unique.
    async fn apply(&self, write: Write) -> Result<(), StoreError>;

    /// Takes due rows, so that no other claimer gets them before their lease ends.
    async fn claim(&self, claim: Claim) -> Result<Vec<Row>, StoreError>;

    /// Whether a read and a write would succeed now.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Accepts nothing more, finishes what is queued, and lets go of the database. Closing twice is fine.
    async fn close(&self);
}
