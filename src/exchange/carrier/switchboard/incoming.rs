//! Text messages from phones to the gateway, and what it writes back.

use jiff::Timestamp;

use super::{Lane, OutgoingText, Pending, Switchboard, Wants, form};

impl Switchboard {
    /// Takes a text from a phone and brings it to the gateway, those of one phone one after the other. Returns its sid.
    pub(in crate::exchange::carrier) fn text_in(&mut self, from: &str, text: &str, now: Timestamp) -> String {
        let sid = self.sids.next("SM");
        // A number whose messages go nowhere takes them all the same.
        if let Some(url) = self.config.sms_url.clone() {
            let fields = form::text_in(&sid, from, text, &self.config);
            let wants = Wants::Reply { to: from.to_owned() };
            let job = self.job(Lane::Message(from.to_owned()), url, fields, wants);
            self.put(now, Pending::Send(job));
        }
        sid
    }

    /// What the gateway writes back.
    pub(in crate::exchange::carrier) fn replied(&mut self, to: &str, texts: Vec<String>, now: Timestamp) {
        for body in texts {
            let from = self.config.number.clone();
            self.text(OutgoingText { to: to.to_owned(), from, body, status_callback: None }, now);
        }
    }
}
