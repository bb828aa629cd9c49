//! What xMatters answers, as far as we read it.

use serde::Deserialize;

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    /// How many there are in all pages.
    pub(super) total: Option<usize>,
    pub(super) links: Option<Links>,
}

/// Where a list goes on.
#[derive(Debug, Deserialize)]
pub(super) struct Links {
    /// A path, or a whole address.
    pub(super) next: Option<String>,
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
    pub(super) owner: Option<Owner>,
}

/// Whose a device is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Owner {
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
}
