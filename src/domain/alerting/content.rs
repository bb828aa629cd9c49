//! What an alert says, where it was raised by an event.

use serde::{Deserialize, Serialize};

/// A category's name within its team: free text, e.g. `Database`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CategoryName(pub String);

impl std::fmt::Display for CategoryName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What an event says of the matter. Empty for a call: its message is a recording.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// One line; `None`: the event has none.
    pub title: Option<String>,
    /// The words; `None`: the event has none.
    pub text: Option<String>,
    /// Everything else that the event says, in its order.
    pub details: Vec<Detail>,
    /// Where it is.
    pub location: Option<Location>,
    /// What kind of matter it is; `None`: the team has no category that fits.
    pub category: Option<CategoryName>,
    /// What was sent along. The bytes are elsewhere.
    pub attachments: Vec<Attached>,
}

/// Something that an event says besides title and text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Its name; that of a nested one is a path: `Business Details.Impact`.
    pub name: String,
    /// Its value as text.
    pub value: String,
}

/// A place on the earth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Location {
    latitude: f64,
    longitude: f64,
}

/// Neither number is ever NaN: [`Location::new`] takes none, and JSON has none.
impl Eq for Location {}

impl Location {
    /// So many degrees north, -90 to 90, and east, -180 to 180; `None`: there is no such place.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let is_there = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        is_there.then_some(Self { latitude, longitude })
    }

    /// Degrees north.
    pub const fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east.
    pub const fn longitude(self) -> f64 {
        self.longitude
    }
}

/// A file that was sent along with an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// As the sender named it, without a path.
    pub name: String,
    /// Its media type, as `image/png`.
    pub media_type: String,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// Its name in our own store of sounds and files.
    pub key: String,
    /// The SHA-256 of it in hexadecimal digits.
    pub sha256: String,
}
