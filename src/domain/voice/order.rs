//! What a caller has asked for.

use super::action::Action;
use crate::domain::directory::Recipient;
use crate::domain::ids::AlertId;
use crate::domain::severity::Severity;
use serde::{Deserialize, Serialize};

/// What the caller has asked for so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What to start.
    pub action: Action,
    /// Whom it is for.
    pub recipients: Vec<Recipient>,
    /// How the recipient is spoken; `None` for the default recipients.
    pub spoken: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// The alert that is open already, and that a message belongs to: that of a live call which nobody took.
    #[serde(default)]
    pub missed: Option<AlertId>,
}
