//! The verb that connects the line to somebody else.
//!
//! Source: Twilio, "Dial", "Number" and "Conference". Its `Debug` shows no number and no code.

use std::fmt;

/// Connects the line to other phones or to a conference, until one of both sides hangs up.
#[derive(Clone, PartialEq, Eq)]
pub struct Dial {
    /// Absolute URL that gets `DialCallStatus` by POST when it is over, and goes on with the call; `None`: the verb
    /// after it runs.
    pub action: Option<String>,
    /// Seconds that the phones ring, 5 to 600. The carrier may add some.
    pub timeout: u32,
    /// Seconds after which the connection is cut, from 1; `None`: what the carrier has for that (four hours).
    pub time_limit: Option<u32>,
    /// The number that those who are called see, E.164; `None`: the caller's.
    pub caller_id: Option<String>,
    /// Who is called.
    pub to: DialTo,
}

/// Who a [`Dial`] connects the line to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialTo {
    /// Phones that ring at once, 1 to 10: who answers first is connected, the others stop ringing.
    Numbers(Vec<Number>),
    /// A conference.
    Conference(Conference),
}

/// A phone that is called.
#[derive(Clone, PartialEq, Eq)]
pub struct Number {
    /// E.164.
    pub number: String,
    /// Absolute URL of the document that who answers hears alone, by POST. They are connected when it has run
    /// out, unless it hangs up.
    pub url: Option<String>,
    /// Keys that are pressed when the phone answers: 0-9, `*`, `#`, `w` (half a second) and `W` (a second).
    pub send_digits: Option<String>,
    /// Absolute URL told that this call is initiated, ringing, answered and completed.
    pub status_callback: Option<String>,
}

/// A room in which everybody hears everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conference {
    /// Its name, which is what makes two lines meet; not empty.
    pub name: String,
    /// Whether it begins with this line; those before it wait.
    pub start_on_enter: bool,
    /// Whether it is over for all when this line leaves.
    pub end_on_exit: bool,
    /// Whether a tone tells the others that this line has come or gone.
    pub beep: bool,
    /// Absolute URL of the document that is heard before it begins, by POST, over and over; empty: silence;
    /// `None`: the carrier's own music.
    pub wait_url: Option<String>,
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dial")
            .field("action", &self.action)
            .field("timeout", &self.timeout)
            .field("time_limit", &self.time_limit)
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Number")
            .field("url", &self.url)
            .field("status_callback", &self.status_callback)
            .finish_non_exhaustive()
    }
}
