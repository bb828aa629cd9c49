//! The settings, read again while the program runs, and what that means at once.

use super::escalating;
use crate::app::App;
use std::error::Error;
use std::sync::Arc;

/// Why the settings stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum NotReloaded {
    /// They can't be used: what the operator has to mend, in several lines. It quotes what is written in the file, numbers
    /// too, which no log may hold.
    #[error("they can't be used")]
    Unusable(String),
    /// Reading them has ended in a way that is our mistake.
    #[error("reading them panicked")]
    Panicked,
}

/// Puts the settings file in force, all of it or nothing, and has open alerts looked at: another policy begins at once.
/// Answers what only a restart brings into force.
pub async fn reload(app: &App) -> Result<Vec<&'static str>, NotReloaded> {
    let reload = Arc::clone(&app.reload);
    // Reading files blocks.
    let ended = tokio::task::spawn_blocking(move || reload()).await;
    let needs_restart = ended.map_err(|_panic| NotReloaded::Panicked)?.map_err(NotReloaded::Unusable)?;
    // The new settings are in force whether or not this succeeds: else they count when each alert is due next.
    if let Err(error) = escalating::look_at_open(app).await {
        tracing::error!(
            error = &error as &dyn Error,
            "open alerts follow the new settings with their next step only"
        );
    }
    Ok(needs_restart)
}
