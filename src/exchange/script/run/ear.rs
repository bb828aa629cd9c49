//! One line as somebody listens to it: what was heard, and how much of it a script has dealt with.

use crate::exchange::line::{Kind, LineEvent};

/// One line as somebody listens to it.
#[derive(Debug, Default)]
pub(super) struct Ear {
    /// The call.
    pub(super) sid: Option<String>,
    /// Its number among the calls to this phone.
    pub(super) n: usize,
    /// What happened on it.
    pub(super) line: Vec<LineEvent>,
    /// The first event that no line has dealt with, and how much of its text has been.
    next: (usize, usize),
    /// Whether a line has dealt with the phone's ringing.
    pub(super) has_rung: bool,
}

impl Ear {
    /// Listens to a call from its beginning.
    pub(super) fn to(sid: String, n: usize) -> Self {
        Self { sid: Some(sid), n, ..Self::default() }
    }

    /// What was heard before now counts as dealt with.
    pub(super) fn turn_page(&mut self) {
        self.next = (self.line.len(), 0);
    }

    /// The same for what was heard before that event.
    pub(super) fn turn_page_to(&mut self, event: usize) {
        self.next = self.next.max((event, 0));
    }

    /// Deals with a text if it was heard after what was dealt with before.
    pub(super) fn hear(&mut self, text: &str) -> bool {
        let found = self.find(text);
        self.next = found.unwrap_or(self.next);
        found.is_some()
    }

    /// Where the text ends in what no line has dealt with yet.
    pub(super) fn find(&self, text: &str) -> Option<(usize, usize)> {
        let (first, dealt_with) = self.next;
        let wanted = text.to_lowercase();
        let mut unheard = self.line.iter().enumerate().skip(first).filter(|(_, event)| event.kind.is_heard());
        unheard.find_map(|(n, event)| {
            let said = event.text.to_lowercase();
            let from = if n == first { dealt_with } else { 0 };
            let at = said.get(from..)?.find(&wanted)?;
            Some((n, from + at + wanted.len()))
        })
    }

    /// The event with which the call ended.
    pub(super) fn end(&self) -> Option<Kind> {
        self.line.iter().map(|event| event.kind).find(|kind| kind.is_end())
    }

    pub(super) fn is_over(&self) -> bool {
        self.end().is_some()
    }

    /// Whether the phone rings now.
    pub(super) fn is_ringing(&self) -> bool {
        self.has(Kind::Rings) && !self.has(Kind::PickedUp) && !self.is_over()
    }

    pub(super) fn has(&self, kind: Kind) -> bool {
        self.line.iter().any(|event| event.kind == kind)
    }

    /// Whether others on the line are heard now.
    pub(super) fn is_connected(&self) -> bool {
        self.latest(|kind| matches!(kind, Kind::Connected | Kind::Parted)) == Some(Kind::Connected)
            && !self.is_over()
    }

    pub(super) fn is_recording(&self) -> bool {
        self.latest(|kind| matches!(kind, Kind::Beep | Kind::Recording | Kind::Recorded))
            .is_some_and(|kind| kind != Kind::Recorded)
    }

    fn latest(&self, of: impl Fn(Kind) -> bool) -> Option<Kind> {
        self.line.iter().rev().map(|event| event.kind).find(|kind| of(*kind))
    }
}
