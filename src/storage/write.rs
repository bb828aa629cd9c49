//! A write as a value, and what a read brings back.
//!
//! A decision becomes a [`Write`] by a pure function; the driver carries it out, all of it or nothing. So no
//! transaction object travels through the code, and the same text runs on every database.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::ports::error::{Inconsistent, StoreError};

/// One value of a column. There are five kinds, those that all databases agree on.
///
/// Moments are `bigint` in microseconds since 1970 (finer parts are cut off), truth is `bigint` 0 or 1, ids
/// are `text`.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// `text`.
    Text(String),
    /// `bigint`.
    Int(i64),
    /// `double precision`.
    Real(f64),
    /// The blob type, whatever it is called.
    Blob(Vec<u8>),
}

/// Shows the kind only: a value can be somebody's phone number.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Int(_) => f.write_str("Int"),
            Self::Real(_) => f.write_str("Real"),
            Self::Blob(bytes) => write!(f, "Blob({} bytes)", bytes.len()),
        }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Int(truth.into())
    }
}

impl From<Timestamp> for Value {
    fn from(moment: Timestamp) -> Self {
        Self::Int(moment.as_microsecond())
    }
}

impl From<Uuid> for Value {
    fn from(id: Uuid) -> Self {
        Self::Text(id.to_string())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(bytes.to_owned())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The arguments of a statement, in the order of its placeholders: `args![id, now, "open"]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => {
        ::std::vec![$($crate::storage::write::Value::from($value)),*]
    };
}

pub use args;

/// Refuses text with a NUL in it, which not every database can hold.
pub(super) fn refuse_nul(statement: &'static str, args: &[Value]) -> Result<(), StoreError> {
    let holds_nul = |value: &Value| matches!(value, Value::Text(text) if text.contains('\0'));
    if !args.iter().any(holds_nul) {
        return Ok(());
    }
    Err(StoreError::Inconsistent(Inconsistent {
        statement,
        row: None,
        column: None,
        problem: "is given a text with a NUL in it".into(),
        source: None,
    }))
}

/// How many rows a step must change for the write to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Any number.
    Any,
    /// Exactly so many; otherwise the write is undone with [`StoreError::Conflict`].
    Rows(u64),
}

/// One statement of a write.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The statement, with `$1` placeholders. It returns no rows.
    pub sql: &'static str,
    /// The values of the placeholders.
    pub args: Vec<Value>,
    /// How many rows it must change.
    pub expect: Expect,
}

/// Statements that are carried out together, in order: all of them or none.
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use = "a write does nothing until a driver applies it"]
pub struct Write {
    /// The statements.
    pub steps: Vec<Step>,
}

impl Write {
    /// A write that changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a statement that may change any number of rows.
    pub fn any(self, sql: &'static str, args: Vec<Value>) -> Self {
        self.step(Step { sql, args, expect: Expect::Any })
    }

    /// Adds a statement that must change exactly one row: the usual guard of a compare-and-set.
    pub fn one(self, sql: &'static str, args: Vec<Value>) -> Self {
        self.rows(1, sql, args)
    }

    /// Adds a statement that must change exactly so many rows.
    pub fn rows(self, count: u64, sql: &'static str, args: Vec<Value>) -> Self {
        self.step(Step { sql, args, expect: Expect::Rows(count) })
    }

    /// Adds a step.
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// This write and then another, as one.
    pub fn then(mut self, other: Self) -> Self {
        self.steps.extend(other.steps);
        self
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// One row of a result. Columns are counted from 0; each getter refuses what is not of its kind with
/// [`StoreError::Inconsistent`].
#[derive(Debug, Clone)]
pub struct Row {
    statement: &'static str,
    columns: Arc<[String]>,
    values: Vec<Value>,
}

impl Row {
    /// A row as a driver has read it: the statement, the names of its columns, the values.
    pub fn new(statement: &'static str, columns: Arc<[String]>, values: Vec<Value>) -> Self {
        Self { statement, columns, values }
    }

    /// A text.
    pub fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.opt_text(column)?.ok_or_else(|| self.fault(column, "is null"))
    }

    /// A text, if there is one.
    pub fn opt_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            Value::Int(_) | Value::Real(_) | Value::Blob(_) => Err(self.fault(column, "is not a text")),
        }
    }

    /// A whole number.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or_else(|| self.fault(column, "is null"))
    }

    /// A whole number, if there is one.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Int(number) => Ok(Some(*number)),
            Value::Text(_) | Value::Real(_) | Value::Blob(_) => {
                Err(self.fault(column, "is not a whole number"))
            }
        }
    }

    /// A whole number that counts something: what doesn't fit `T` is refused.
    pub fn count<T: TryFrom<i64>>(&self, column: usize) -> Result<T, StoreError> {
        T::try_from(self.int(column)?).ok().ok_or_else(|| self.fault(column, "is out of range"))
    }

    /// A number with a fraction.
    pub fn real(&self, column: usize) -> Result<f64, StoreError> {
        match self.value(column)? {
            Value::Real(number) => Ok(*number),
            Value::Null => Err(self.fault(column, "is null")),
            Value::Text(_) | Value::Int(_) | Value::Blob(_) => {
                Err(self.fault(column, "is not a number with a fraction"))
            }
        }
    }

    /// A moment.
    pub fn time(&self, column: usize) -> Result<Timestamp, StoreError> {
        self.opt_time(column)?.ok_or_else(|| self.fault(column, "is null"))
    }

    /// A moment, if there is one.
    pub fn opt_time(&self, column: usize) -> Result<Option<Timestamp>, StoreError> {
        let Some(microseconds) = self.opt_int(column)? else { return Ok(None) };
        match Timestamp::from_microsecond(microseconds) {
            Ok(moment) => Ok(Some(moment)),
            Err(_) => Err(self.fault(column, "is beyond the times that there are")),
        }
    }

    /// A truth.
    pub fn flag(&self, column: usize) -> Result<bool, StoreError> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.fault(column, "is neither 0 nor 1")),
        }
    }

    /// Bytes.
    pub fn blob(&self, column: usize) -> Result<&[u8], StoreError> {
        self.opt_blob(column)?.ok_or_else(|| self.fault(column, "is null"))
    }

    /// Bytes, if there are any.
    pub fn opt_blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Blob(bytes) => Ok(Some(bytes)),
            Value::Text(_) | Value::Int(_) | Value::Real(_) => Err(self.fault(column, "is not a blob")),
        }
    }

    /// A text that is the written form of something: an id, a word of a closed list.
    pub fn parsed<T: FromStr>(&self, column: usize) -> Result<T, StoreError> {
        self.opt_parsed(column)?.ok_or_else(|| self.fault(column, "is null"))
    }

    /// The written form of something, if there is one.
    pub fn opt_parsed<T: FromStr>(&self, column: usize) -> Result<Option<T>, StoreError> {
        let Some(text) = self.opt_text(column)? else { return Ok(None) };
        match text.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(self.fault(column, "holds a text that means nothing here")),
        }
    }

    /// A JSON text. The reader's own message is left out, since it repeats the value.
    pub fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T, StoreError> {
        serde_json::from_str(self.text(column)?).map_err(|error| {
            let (line, at) = (error.line(), error.column());
            self.fault(column, format!("holds JSON that does not fit, at line {line} column {at}"))
        })
    }

    /// The error that says that a column holds what cannot be; `problem` follows the column's name: `is
    /// before its start`. It must not repeat the value.
    pub fn fault(&self, column: usize, problem: impl Into<Cow<'static, str>>) -> StoreError {
        StoreError::Inconsistent(Inconsistent {
            statement: self.statement,
            row: self.values.iter().find_map(id),
            column: Some(self.columns.get(column).map_or_else(|| column.to_string(), Clone::clone)),
            problem: problem.into(),
            source: None,
        })
    }

    /// A value of whatever kind, for who only passes it on.
    pub fn any(&self, column: usize) -> Result<&Value, StoreError> {
        self.value(column)
    }

    fn value(&self, column: usize) -> Result<&Value, StoreError> {
        self.values.get(column).ok_or_else(|| self.fault(column, "is not part of the result"))
    }
}

/// An id in its hyphenated form only: 32 bare hex digits could be a secret.
fn id(value: &Value) -> Option<Uuid> {
    match value {
        Value::Text(text) if text.len() == uuid::fmt::Hyphenated::LENGTH => text.parse().ok(),
        Value::Null | Value::Text(_) | Value::Int(_) | Value::Real(_) | Value::Blob(_) => None,
    }
}

#[cfg(test)]
mod tests;
