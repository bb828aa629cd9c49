//! What somebody hears who waits for a conference to begin.
//!
//! Source: Twilio, "Conference", `waitUrl`: a document that is asked for again when it has run out.

use jiff::Timestamp;

use super::{Fetch, Input, Leg, Output, Pace, What};
use crate::twiml::Conference;

/// What stands for the carrier's own music.
const OWN: &str = "♪ music";

/// What is heard while somebody waits.
#[derive(Debug)]
pub(super) struct Music {
    /// The documents, over and over; `None`: the carrier's own music, which never ends.
    documents: Option<Documents>,
}

#[derive(Debug)]
struct Documents {
    url: String,
    pace: Pace,
    leg: Leg,
    sounding: bool,
}

/// How a sound is written down: by the name of its file.
pub(super) fn words(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    format!("♪ {}", path.rsplit('/').next().unwrap_or_default())
}

impl Music {
    /// Begins it; `None`: silence.
    pub(super) fn start(
        conference: &Conference,
        pace: Pace,
        at: Timestamp,
        out: &mut Vec<Output>,
    ) -> Option<Self> {
        let documents = match conference.wait_url.as_deref() {
            Some("") => return None,
            Some(url) => {
                out.push(Output { at, what: What::Fetch(Fetch::at(url.to_owned())) });
                Some(Documents { url: url.to_owned(), pace, leg: Leg::new(pace, at), sounding: false })
            }
            None => {
                out.push(Output { at, what: What::Heard(OWN.to_owned()) });
                None
            }
        };
        Some(Self { documents })
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.documents.as_ref()?.leg.next_due()
    }

    /// Lets the time up to `at` pass. A document that has run out is asked for again.
    pub(super) fn advance(&mut self, at: Timestamp, out: &mut Vec<Output>) {
        let Some(documents) = &mut self.documents else { return };
        let outputs = documents.leg.advance(at);
        documents.goes_on(outputs, out);
        if documents.leg.is_over() {
            documents.leg = Leg::new(documents.pace, at);
            out.push(Output { at, what: What::Fetch(Fetch::at(documents.url.clone())) });
        }
    }

    /// What was asked for has come. A document that is over at once, or is none, is silence from then on.
    pub(super) fn take(&mut self, at: Timestamp, input: Input, out: &mut Vec<Output>) {
        let Some(documents) = &mut self.documents else { return };
        let input = if matches!(input, Input::NoDocument) { Input::Completed } else { input };
        let outputs = documents.leg.take(at, input);
        documents.goes_on(outputs, out);
    }

    /// Whatever is sounding is cut off.
    pub(super) fn stop(self, at: Timestamp, out: &mut Vec<Output>) {
        if self.documents.is_none_or(|documents| documents.sounding) {
            out.push(Output { at, what: What::Cut });
        }
    }
}

impl Documents {
    /// Passes on what is heard and what is wanted. Nobody is recorded or dialled meanwhile.
    fn goes_on(&mut self, outputs: Vec<Output>, out: &mut Vec<Output>) {
        for output in outputs {
            match output.what {
                What::Heard(_) => self.sounding = true,
                What::Ended(_) => {
                    self.sounding = false;
                    continue;
                }
                What::Fetch(_) | What::Load(_) => self.sounding = false,
                What::Cut | What::Recording(_) | What::Recorded(_) | What::Dial(_) | What::RanOut => continue,
            }
            out.push(output);
        }
    }
}
