//! A value that is never shown.

/// A password, token or key. `Debug` shows nothing of it, and there is no `Display`.
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Hides that value.
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// The value itself: for the one who signs, checks or logs in with it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}
