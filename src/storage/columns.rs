//! Columns that several tables have.

use super::write::{Row, Value};
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::person::PersonId;
use crate::domain::voice::call::Caller;
use crate::ports::error::StoreError;

/// A caller from three columns: person, name, number.
pub(super) fn caller(row: &Row, from: usize, language: &str) -> Result<Caller, StoreError> {
    let number = match row.opt_text(from + 2)? {
        Some(text) => match PhoneNumber::parse(text) {
            Ok(number) => Some(number),
            Err(_) => return Err(row.fault(from + 2, "is no phone number")),
        },
        None => None,
    };
    Ok(Caller {
        person: row.opt_text(from)?.map(|id| PersonId(id.to_owned())),
        name: row.opt_text(from + 1)?.map(str::to_owned),
        number,
        language: language.to_owned(),
    })
}

pub(super) fn person(caller: &Caller) -> Option<String> {
    caller.person.as_ref().map(|person| person.0.clone())
}

pub(super) fn number(caller: &Caller) -> Option<String> {
    caller.number.as_ref().map(|number| number.as_str().to_owned())
}

/// A value as JSON text.
pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<Value, StoreError> {
    serde_json::to_string(value).map(Value::Text).map_err(super::unwritable)
}
