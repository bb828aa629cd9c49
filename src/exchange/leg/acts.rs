//! A document as what is left to do: owned, so that a leg can keep it.

use std::collections::VecDeque;

use crate::twiml::{
    Dial, Gather, Record, Response,
    play::{Step, steps},
};

/// One thing to perform. `gather`: it is a prompt of the Gather that follows, and a key ends it.
#[derive(Debug)]
pub(super) enum Act {
    Say { text: String, gather: bool },
    Pause { length: u32, gather: bool },
    Play { url: String, gather: bool },
    Gather(Gather),
    Record(Record),
    Dial(Dial),
    Redirect(String),
    Hangup,
}

/// The acts of a document in the order of performance.
pub(super) fn of(response: &Response) -> VecDeque<Act> {
    let act = |step| match step {
        Step::Say { say, interrupted_by } => {
            Act::Say { text: say.text.clone(), gather: interrupted_by.is_some() }
        }
        Step::Pause { pause, interrupted_by } => {
            Act::Pause { length: pause.length, gather: interrupted_by.is_some() }
        }
        Step::Gather(gather) => Act::Gather(gather.clone()),
        Step::Record(record) => Act::Record(record.clone()),
        Step::Redirect(redirect) => Act::Redirect(redirect.url.clone()),
        Step::Hangup => Act::Hangup,
        Step::Play { play, interrupted_by } => {
            Act::Play { url: play.url.clone(), gather: interrupted_by.is_some() }
        }
        Step::Dial(dial) => Act::Dial(dial.clone()),
    };
    steps(response).map(act).collect()
}
