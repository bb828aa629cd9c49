//! Columns that several tables have.

use super::write::{Row, Value};
use crate::domain::contact::{EmailAddress, PhoneNumber, WebhookUrl};
use crate::domain::directory::device::{Device, DeviceKind};
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

/// A device from two columns: kind, address.
pub(super) fn device(row: &Row, from: usize) -> Result<Device, StoreError> {
    let Some(kind) = DeviceKind::from_word(row.text(from)?) else {
        return Err(row.fault(from, "is no kind of device"));
    };
    let address = row.text(from + 1)?;
    let device = match kind {
        DeviceKind::Voice => PhoneNumber::parse(address).ok().map(Device::Voice),
        DeviceKind::Sms => PhoneNumber::parse(address).ok().map(Device::Sms),
        DeviceKind::Email => EmailAddress::parse(address).ok().map(Device::Email),
        DeviceKind::Webhook => WebhookUrl::parse(address).ok().map(Device::Webhook),
    };
    device.ok_or_else(|| row.fault(from + 1, "does not fit its kind of device"))
}

/// A value as JSON text.
pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<Value, StoreError> {
    serde_json::to_string(value).map(Value::Text).map_err(super::unwritable)
}
