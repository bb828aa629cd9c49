//! Places on the earth: as events write them, and on a map.

use super::content::Location;

/// Latitude and longitude in degrees with a comma between them, as `52.4354955,13.0540154`; `None`: that is no place.
pub fn parse(text: &str) -> Option<Location> {
    let (latitude, longitude) = text.split_once(',')?;
    Location::new(latitude.trim().parse().ok()?, longitude.trim().parse().ok()?)
}

impl Location {
    /// The page of a map on which it is marked: OpenStreetMap, which asks for no account and no key.
    pub fn map_link(self) -> String {
        let (latitude, longitude) = (self.latitude(), self.longitude());
        format!(
            "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}"
        )
    }
}
