//! The directory of a moment.

use crate::app::Live;
use crate::domain::directory::Directory;
use std::ops::Deref;
use std::sync::Arc;

/// The directory of a moment: that of the settings as it is, or with what is different at that moment.
#[derive(Debug)]
pub struct Current {
    live: Arc<Live>,
    changed: Option<Directory>,
}

impl Deref for Current {
    type Target = Directory;

    fn deref(&self) -> &Directory {
        self.changed.as_ref().unwrap_or(&self.live.settings.directory)
    }
}

impl Current {
    /// That of the settings.
    pub(super) const fn of(live: Arc<Live>) -> Self {
        Self { live, changed: None }
    }

    /// That one, which is different from that of the settings.
    pub(super) const fn changed(live: Arc<Live>, directory: Directory) -> Self {
        Self { live, changed: Some(directory) }
    }

    /// A copy of its own, to be changed.
    pub(super) fn to_mut(&mut self) -> &mut Directory {
        self.changed.get_or_insert_with(|| self.live.settings.directory.clone())
    }

    /// The directory itself, to be kept.
    pub(super) fn into_own(self) -> Directory {
        self.changed.unwrap_or_else(|| self.live.settings.directory.clone())
    }
}
