//! What xMatters answers, as far as we read it.

use jiff::Timestamp;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    /// How many there are in all pages.
    pub(super) total: Option<usize>,
    pub(super) links: Option<Links>,
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Links {
    /// A path, or a whole address.
    pub(super) next: Option<String>,
}

/// A list inside of something: its first page, or all of it without one, as some versions write short ones. A page
/// without `data` is an empty one.
#[derive(Debug)]
pub(super) struct Listed<T> {
    pub(super) data: Vec<T>,
    pub(super) links: Option<Links>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { data: vec![], links: None }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfEitherForm(PhantomData))
    }
}

struct OfEitherForm<T>(PhantomData<T>);

#[derive(Deserialize)]
struct Inner<T> {
    data: Option<Vec<T>>,
    links: Option<Links>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for OfEitherForm<T> {
    type Value = Listed<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or a page of one")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, all: A) -> Result<Listed<T>, A::Error> {
        Ok(Listed { data: Vec::deserialize(SeqAccessDeserializer::new(all))?, links: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, page: A) -> Result<Listed<T>, A::Error> {
        let Inner { data, links } = Inner::deserialize(MapAccessDeserializer::new(page))?;
        Ok(Listed { data: data.unwrap_or_default(), links })
    }

    fn visit_unit<E>(self) -> Result<Listed<T>, E> {
        Ok(Listed::default())
    }
}

/// A device of a person.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Device {
    /// `VOICE`, `VOICE_IVR`, `TEXT_PHONE`, `EMAIL`, ….
    #[serde(rename = "deviceType")]
    pub(super) kind: String,
    pub(super) phone_number: Option<String>,
    /// `ACTIVE` or `INACTIVE`.
    pub(super) status: Option<String>,
    /// Its place in the order in which the devices of its owner are tried.
    pub(super) sequence: Option<i64>,
    pub(super) owner: Option<Owner>,
}

/// Whose a device is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Owner {
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
}

/// A group, as far as we refer to it.
#[derive(Debug, Deserialize)]
pub(super) struct Group {
    pub(super) id: String,
}

/// A shift of a group that is on.
#[derive(Debug, Deserialize)]
pub(super) struct OnCall {
    pub(super) end: Option<Timestamp>,
    #[serde(default)]
    pub(super) members: Listed<Member>,
}

/// Whoever takes part in a shift.
#[derive(Debug, Deserialize)]
pub(super) struct Member {
    #[serde(rename = "member")]
    pub(super) who: Recipient,
    /// Its place in the order in which they are tried.
    pub(super) position: Option<i64>,
    #[serde(default)]
    pub(super) absences: Listed<Absence>,
    /// The same, as older versions wrote those for whom somebody stands in.
    #[serde(default)]
    pub(super) replacements: Listed<Absence>,
}

/// A time in which a member is away.
#[derive(Debug, Deserialize)]
pub(super) struct Absence {
    /// `VACANCY`: nobody stands in.
    #[serde(rename = "absenceType")]
    pub(super) kind: Option<String>,
    pub(super) start: Timestamp,
    pub(super) end: Option<Timestamp>,
    pub(super) replacement: Option<Recipient>,
}

/// Somebody, or something, that can be told.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Reference")]
pub(super) struct Recipient {
    /// What it is known by: its target name, which people see and write, else its id.
    pub(super) name: String,
    /// `PERSON`, `DEVICE`, `GROUP`, `DYNAMIC_TEAM`.
    pub(super) kind: String,
    /// `ACTIVE` or `INACTIVE`.
    pub(super) status: Option<String>,
    pub(super) person: Owner,
    /// Of a device: `VOICE`, ….
    pub(super) device: Option<String>,
    pub(super) phone_number: Option<String>,
    /// Of a device.
    pub(super) owner: Option<Box<Recipient>>,
}

/// The same, as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    id: Option<String>,
    target_name: Option<String>,
    recipient_type: Option<String>,
    status: Option<String>,
    #[serde(flatten)]
    person: Owner,
    device_type: Option<String>,
    phone_number: Option<String>,
    owner: Option<Box<Recipient>>,
}

impl TryFrom<Reference> for Recipient {
    type Error = &'static str;

    fn try_from(written: Reference) -> Result<Self, Self::Error> {
        Ok(Self {
            name: written.target_name.or(written.id).ok_or("has neither targetName nor id")?,
            kind: written.recipient_type.ok_or("has no recipientType")?,
            status: written.status,
            person: written.person,
            device: written.device_type,
            phone_number: written.phone_number,
            owner: written.owner,
        })
    }
}
