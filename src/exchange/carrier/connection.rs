//! Whom a call is put through to: to phones that it dials, to a conference, or to who dialled it.

use jiff::Timestamp;

/// Whom a call is put through to.
#[derive(Debug, Default)]
pub(in crate::exchange) enum Connection {
    /// To nobody: it performs documents.
    #[default]
    None,
    /// It dials other phones.
    Dialling(Dialling),
    /// It is in a conference.
    Conference(Seat),
    /// It talks to the call that dialled it.
    Parent,
}

/// A call that dials other phones.
#[derive(Debug)]
pub(in crate::exchange) struct Dialling {
    /// Asked for when it is over.
    pub(super) action: Option<String>,
    pub(super) time_limit: u32,
    /// The calls that it placed.
    pub(super) callees: Vec<String>,
    /// The one that it is put through to, and since when.
    pub(super) connected: Option<(String, Timestamp)>,
}

impl Dialling {
    pub(super) fn has(&self, sid: &str) -> bool {
        self.callees.iter().any(|callee| callee == sid)
    }
}

/// One call's place in a room.
#[derive(Debug)]
pub(in crate::exchange) struct Seat {
    /// The room's name.
    pub(super) room: String,
    /// Asked for when the call leaves.
    pub(super) action: Option<String>,
    pub(super) end_on_exit: bool,
    pub(super) beep: bool,
}
