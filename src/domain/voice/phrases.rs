//! What can be said on the phone: the phrases and their gaps. The words come from `prompts/`.

use super::action::Action;
use super::menu::Offer;
use crate::domain::links::LinkCode;
use crate::domain::severity::Severity;
use std::collections::BTreeMap;

/// What an alert is, as it is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatterKind {
    /// Somebody, or something, has raised it.
    Alert,
    /// Somebody asks into a conference.
    Conference,
    /// Somebody wanted to talk, and nobody took the call.
    MissedCall,
}

/// One thing to say, or to play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phrase {
    /// Greets a caller by name.
    Greeting(String),
    /// Greets a stranger on an open line.
    GreetingStranger,
    /// It is being found out who calls.
    OneMoment,
    /// That takes longer than it should.
    StillChecking,
    /// Offers something at a key.
    Offer(Offer, u32),
    /// Asks for whom.
    AskTarget(Action),
    /// Offers a group or person at a key.
    Choice(u32, String),
    /// Offers the next page at a key.
    More(u32),
    /// Offers the way back to the menu.
    StarForMenu,
    /// Asks how bad it is.
    AskSeverity,
    /// Offers a severity at a key.
    SeverityChoice(u32, Severity),
    /// A key that means nothing here.
    WrongKey,
    /// No key was pressed.
    NothingPressed,
    /// Asks for the message.
    Record(Name),
    /// Asks for it once more.
    RecordAgain,
    /// Nothing was recorded.
    NothingRecorded,
    /// Asks whether to send the message.
    Confirm,
    /// The message is not sent, because the caller went back.
    Discarded,
    /// The message is being sent without an answer from the caller.
    SendingAnyway,
    /// The alert is open and its text is being made.
    Transcribing(Name),
    /// The alert is open and is passed on to another system (said before the rest).
    Forwarding,
    /// A line while the text is being made; consecutive numbers are different lines.
    Wait(u32),
    /// The alert is open, and its text is there.
    ClosingWithText(Name),
    /// The alert is open; its text will follow.
    ClosingTextLater(Name),
    /// The alert is open; who gets it elsewhere gets it without a text that comes too late.
    ClosingForwarded(Name),
    /// The alert is open, and there will be no text.
    ClosingWithoutText(Name),
    /// The alert is open (said before the menu, to a caller who does not wait).
    AlertOpen(Name),
    /// These people are called first, for that group.
    Calling(Name, Vec<String>),
    /// These people are called next.
    CallingNext(Vec<String>),
    /// What a caller can do meanwhile.
    WhileCalling,
    /// This person has said yes.
    Connecting(String),
    /// The call with this person is over.
    CallOver(String),
    /// Nobody is on call, or nobody of them has a phone.
    NobodyOnCall(Name),
    /// It could not be found out who is on call.
    UnknownOnCall(Name),
    /// Everybody was called, and nobody said yes.
    NobodyAnswered(Name),
    /// The caller has waited long enough.
    StillNobody(Name),
    /// Offers to leave a message at a key.
    OfferMessage(u32),
    /// Offers another group at a key.
    OfferOther(u32),
    /// The last words to a caller whom nobody talked to: their call is told.
    MissedClosing(Name),
    /// The alert of a conference is open, and the caller is in it.
    Conference(Name),
    /// The alert of a conference is open, and the caller is put through to its bridge.
    Bridged(Name),
    /// The bridge of the conference could not be reached; the alert is open.
    BridgeUnreached(Name),
    /// Nobody can be called into the conference.
    NobodyToConfer(Name),
    /// Nobody else has come, and nobody is on the way.
    NobodyJoined(Name),
    /// The conference is over for whoever hears it.
    ConferenceOver,
    /// To whoever was called: who calls, and for which group.
    Whisper(Option<String>, Name),
    /// To whoever was called: who asks them into a conference, and for which group.
    WhisperConference(Option<String>, Name),
    /// To whoever was called: this key takes it, any other passes it on.
    AcceptKey(char),
    /// To whoever was called: any key takes it, star passes it on.
    AcceptAnyKey,
    /// To whoever has said yes.
    Joining,
    /// To whoever has passed it on.
    PassedOn,
    /// To whoever pressed no key.
    NoKey,
    /// To whoever was called: this person has taken it.
    LegTaken(String),
    /// To whoever was called: the caller is gone.
    LegCallerGone,
    /// To whoever has talked to the caller: that is over.
    LegCallOver,
    /// An alert in one sentence: its number, how bad it is, what it is, whom it is for, who or what raised it, and when, by
    /// the clock of whoever hears it.
    AlertLine(u32, Severity, MatterKind, Name, Option<String>, String),
    /// What is written in it, word for word.
    Verbatim(String),
    /// What its message says.
    MessageText(String),
    /// The text of its message is not there yet.
    MessageTextPending,
    /// The sound of its message, played.
    Recording(LinkCode),
    /// Offers that sound.
    OfferRecording,
    /// Offers to acknowledge, escalate and resolve it, and to hear it again.
    OfferAnswers,
    /// Offers the next alert, and the way back to the menu.
    OfferNextAlert,
    /// Whoever hears it has acknowledged it.
    AcknowledgedByYou,
    /// They have, and so many others have still to.
    AcknowledgedInPart(usize),
    /// They have sent it on.
    EscalatedByYou,
    /// They have resolved it.
    ResolvedByYou,
    /// This one has acknowledged it before.
    AlreadyAcknowledged(String),
    /// This one has resolved it before.
    AlreadyResolved(String),
    /// To whoever picked up about an alert and has not answered it.
    StaysOpen,
    /// How many alerts there are to hear.
    OpenAlerts(usize),
    /// There is none.
    NoOpenAlerts,
    /// There is no other.
    NoMoreAlerts,
    /// The last word.
    Goodbye,
    /// The caller said nothing for too long.
    GoodbyeNothing,
    /// The number is not known.
    RefusedUnknown,
    /// The number is withheld.
    RefusedWithheld,
    /// Too many calls.
    RefusedOverLimit,
    /// It could not be found out who calls; the next is whom to call instead, in the operator's own words.
    Unchecked(Option<String>),
    /// The alert could not be stored; the next is whom to call instead, in the operator's own words.
    NotStored(Option<String>),
    /// Something went wrong on our side before anything was to be stored.
    Apology(Option<String>),
}

/// A recipient's name as it is spoken; `None`: the default recipients.
pub type Name = Option<String>;

/// Every key of a prompts file's `[say]` table and the gaps that its text must have.
pub const KEYS: &[(&str, &[&str])] = &[
    ("greeting", &["name"]),
    ("greeting_stranger", &[]),
    ("one_moment", &[]),
    ("still_checking", &[]),
    ("offer_alert", &["key"]),
    ("offer_conference", &["key"]),
    ("offer_live", &["key"]),
    ("ask_target_alert", &[]),
    ("ask_target_conference", &[]),
    ("ask_target_live", &[]),
    ("choice", &["key", "name"]),
    ("more", &["key"]),
    ("star_for_menu", &[]),
    ("ask_severity", &[]),
    ("severity_choice", &["key", "severity"]),
    ("wrong_key", &[]),
    ("nothing_pressed", &[]),
    ("record", &["name"]),
    ("record_again", &[]),
    ("nothing_recorded", &[]),
    ("confirm", &[]),
    ("discarded", &[]),
    ("sending_anyway", &[]),
    ("forwarding", &[]),
    ("transcribing", &["name"]),
    ("closing_with_text", &["name"]),
    ("closing_text_later", &["name"]),
    ("closing_forwarded", &["name"]),
    ("closing_without_text", &["name"]),
    ("alert_open", &["name"]),
    ("calling", &["name", "people"]),
    ("calling_next", &["people"]),
    ("while_calling", &[]),
    ("connecting", &["person"]),
    ("call_over", &["person"]),
    ("nobody_on_call", &["name"]),
    ("unknown_on_call", &["name"]),
    ("nobody_answered", &["name"]),
    ("still_nobody", &["name"]),
    ("offer_message", &["key"]),
    ("offer_other", &["key"]),
    ("missed_closing", &["name"]),
    ("conference", &["name"]),
    ("bridged", &["name"]),
    ("bridge_unreached", &["name"]),
    ("nobody_to_confer", &["name"]),
    ("nobody_joined", &["name"]),
    ("conference_over", &[]),
    ("whisper", &["caller", "name"]),
    ("whisper_conference", &["caller", "name"]),
    ("accept_key", &["key"]),
    ("accept_any_key", &[]),
    ("joining", &[]),
    ("passed_on", &[]),
    ("no_key", &[]),
    ("leg_taken", &["person"]),
    ("leg_caller_gone", &[]),
    ("leg_call_over", &[]),
    ("unknown_caller", &[]),
    ("offer_alerts", &["key"]),
    ("read_alert", &["number", "severity", "name", "from", "time"]),
    ("read_conference", &["number", "severity", "name", "from", "time"]),
    ("read_missed_call", &["number", "severity", "name", "from", "time"]),
    ("message_text", &["text"]),
    ("message_text_pending", &[]),
    ("offer_recording", &[]),
    ("offer_answers", &[]),
    ("offer_next_alert", &[]),
    ("acknowledged", &[]),
    ("acknowledged_in_part", &["count"]),
    ("escalated", &[]),
    ("resolved", &[]),
    ("already_acknowledged", &["person"]),
    ("already_resolved", &["person"]),
    ("stays_open", &[]),
    ("one_open_alert", &[]),
    ("open_alerts", &["count"]),
    ("no_open_alerts", &[]),
    ("no_more_alerts", &[]),
    ("goodbye", &[]),
    ("goodbye_nothing", &[]),
    ("refused_unknown", &[]),
    ("refused_withheld", &[]),
    ("refused_over_limit", &[]),
    ("unchecked", &[]),
    ("unchecked_call", &["contact"]),
    ("not_stored", &[]),
    ("not_stored_call", &["contact"]),
    ("apology", &[]),
    ("apology_call", &["contact"]),
    ("default_recipients", &[]),
    ("severity_critical", &[]),
    ("severity_high", &[]),
    ("severity_medium", &[]),
    ("severity_low", &[]),
    ("severity_info", &[]),
];

/// What one language says and how it sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    /// The carrier's name of the voice.
    pub voice: String,
    /// Language tag, e.g. `en-US`.
    pub tag: String,
    /// Text by key: all of [`KEYS`].
    pub texts: BTreeMap<String, String>,
    /// The wait lines: at least two.
    pub wait: Vec<String>,
}

impl Language {
    /// The two letters of ISO 639-1 that its tag begins with; `None`: it has three, or is private.
    pub fn iso_639_1(&self) -> Option<&str> {
        let primary = self.tag.split('-').next().unwrap_or_default();
        (primary.len() == 2).then_some(primary)
    }

    /// The words of a phrase, gaps filled.
    pub fn words(&self, phrase: &Phrase) -> String {
        let name = |name: &Name| name.clone().unwrap_or_else(|| self.text("default_recipients", &[]));
        let caller_name =
            |caller: &Option<String>| caller.clone().unwrap_or_else(|| self.text("unknown_caller", &[]));
        match phrase {
            Phrase::Greeting(name) => self.text("greeting", &[("name", name)]),
            Phrase::GreetingStranger => self.text("greeting_stranger", &[]),
            Phrase::OneMoment => self.text("one_moment", &[]),
            Phrase::StillChecking => self.text("still_checking", &[]),
            Phrase::Offer(offer, key) => {
                let text = match offer {
                    Offer::Start(Action::Alert) => "offer_alert",
                    Offer::Start(Action::Conference) => "offer_conference",
                    Offer::Start(Action::Live) => "offer_live",
                    Offer::Alerts => "offer_alerts",
                };
                self.text(text, &[("key", &key.to_string())])
            }
            Phrase::AskTarget(Action::Alert) => self.text("ask_target_alert", &[]),
            Phrase::AskTarget(Action::Conference) => self.text("ask_target_conference", &[]),
            Phrase::AskTarget(Action::Live) => self.text("ask_target_live", &[]),
            Phrase::Choice(key, name) => self.text("choice", &[("key", &key.to_string()), ("name", name)]),
            Phrase::More(key) => self.text("more", &[("key", &key.to_string())]),
            Phrase::StarForMenu => self.text("star_for_menu", &[]),
            Phrase::AskSeverity => self.text("ask_severity", &[]),
            Phrase::SeverityChoice(key, severity) => {
                let word = self.severity(*severity);
                self.text("severity_choice", &[("key", &key.to_string()), ("severity", &word)])
            }
            Phrase::WrongKey => self.text("wrong_key", &[]),
            Phrase::NothingPressed => self.text("nothing_pressed", &[]),
            Phrase::Record(to) => self.text("record", &[("name", &name(to))]),
            Phrase::RecordAgain => self.text("record_again", &[]),
            Phrase::NothingRecorded => self.text("nothing_recorded", &[]),
            Phrase::Confirm => self.text("confirm", &[]),
            Phrase::Discarded => self.text("discarded", &[]),
            Phrase::SendingAnyway => self.text("sending_anyway", &[]),
            Phrase::Forwarding => self.text("forwarding", &[]),
            Phrase::Transcribing(to) => self.text("transcribing", &[("name", &name(to))]),
            Phrase::Wait(line) => {
                let lines = u32::try_from(self.wait.len()).unwrap_or(u32::MAX).max(1);
                self.wait.get((line % lines) as usize).cloned().unwrap_or_default()
            }
            Phrase::ClosingWithText(to) => self.text("closing_with_text", &[("name", &name(to))]),
            Phrase::ClosingTextLater(to) => self.text("closing_text_later", &[("name", &name(to))]),
            Phrase::ClosingForwarded(to) => self.text("closing_forwarded", &[("name", &name(to))]),
            Phrase::ClosingWithoutText(to) => self.text("closing_without_text", &[("name", &name(to))]),
            Phrase::AlertOpen(to) => self.text("alert_open", &[("name", &name(to))]),
            Phrase::Calling(to, people) => {
                self.text("calling", &[("name", &name(to)), ("people", &people.join(", "))])
            }
            Phrase::CallingNext(people) => self.text("calling_next", &[("people", &people.join(", "))]),
            Phrase::WhileCalling => self.text("while_calling", &[]),
            Phrase::Connecting(person) => self.text("connecting", &[("person", person)]),
            Phrase::CallOver(person) => self.text("call_over", &[("person", person)]),
            Phrase::NobodyOnCall(to) => self.text("nobody_on_call", &[("name", &name(to))]),
            Phrase::UnknownOnCall(to) => self.text("unknown_on_call", &[("name", &name(to))]),
            Phrase::NobodyAnswered(to) => self.text("nobody_answered", &[("name", &name(to))]),
            Phrase::StillNobody(to) => self.text("still_nobody", &[("name", &name(to))]),
            Phrase::OfferMessage(key) => self.text("offer_message", &[("key", &key.to_string())]),
            Phrase::OfferOther(key) => self.text("offer_other", &[("key", &key.to_string())]),
            Phrase::MissedClosing(to) => self.text("missed_closing", &[("name", &name(to))]),
            Phrase::Conference(to) => self.text("conference", &[("name", &name(to))]),
            Phrase::Bridged(to) => self.text("bridged", &[("name", &name(to))]),
            Phrase::BridgeUnreached(to) => self.text("bridge_unreached", &[("name", &name(to))]),
            Phrase::NobodyToConfer(to) => self.text("nobody_to_confer", &[("name", &name(to))]),
            Phrase::NobodyJoined(to) => self.text("nobody_joined", &[("name", &name(to))]),
            Phrase::ConferenceOver => self.text("conference_over", &[]),
            Phrase::Whisper(caller, to) => {
                self.text("whisper", &[("caller", &caller_name(caller)), ("name", &name(to))])
            }
            Phrase::WhisperConference(caller, to) => {
                self.text("whisper_conference", &[("caller", &caller_name(caller)), ("name", &name(to))])
            }
            Phrase::AcceptKey(key) => self.text("accept_key", &[("key", &key.to_string())]),
            Phrase::AcceptAnyKey => self.text("accept_any_key", &[]),
            Phrase::Joining => self.text("joining", &[]),
            Phrase::PassedOn => self.text("passed_on", &[]),
            Phrase::NoKey => self.text("no_key", &[]),
            Phrase::LegTaken(person) => self.text("leg_taken", &[("person", person)]),
            Phrase::LegCallerGone => self.text("leg_caller_gone", &[]),
            Phrase::LegCallOver => self.text("leg_call_over", &[]),
            Phrase::AlertLine(number, severity, matter, to, from, time) => {
                let text = match matter {
                    MatterKind::Alert => "read_alert",
                    MatterKind::Conference => "read_conference",
                    MatterKind::MissedCall => "read_missed_call",
                };
                let gaps = [
                    ("number", &*number.to_string()),
                    ("severity", &self.severity(*severity)),
                    ("name", &name(to)),
                    ("from", &caller_name(from)),
                    ("time", time),
                ];
                self.text(text, &gaps)
            }
            Phrase::Verbatim(text) => text.clone(),
            Phrase::MessageText(text) => self.text("message_text", &[("text", text)]),
            Phrase::MessageTextPending => self.text("message_text_pending", &[]),
            // It is played.
            Phrase::Recording(_) => String::new(),
            Phrase::OfferRecording => self.text("offer_recording", &[]),
            Phrase::OfferAnswers => self.text("offer_answers", &[]),
            Phrase::OfferNextAlert => self.text("offer_next_alert", &[]),
            Phrase::AcknowledgedByYou => self.text("acknowledged", &[]),
            Phrase::AcknowledgedInPart(count) => {
                self.text("acknowledged_in_part", &[("count", &count.to_string())])
            }
            Phrase::EscalatedByYou => self.text("escalated", &[]),
            Phrase::ResolvedByYou => self.text("resolved", &[]),
            Phrase::AlreadyAcknowledged(person) => self.text("already_acknowledged", &[("person", person)]),
            Phrase::AlreadyResolved(person) => self.text("already_resolved", &[("person", person)]),
            Phrase::StaysOpen => self.text("stays_open", &[]),
            Phrase::OpenAlerts(1) => self.text("one_open_alert", &[]),
            Phrase::OpenAlerts(count) => self.text("open_alerts", &[("count", &count.to_string())]),
            Phrase::NoOpenAlerts => self.text("no_open_alerts", &[]),
            Phrase::NoMoreAlerts => self.text("no_more_alerts", &[]),
            Phrase::Goodbye => self.text("goodbye", &[]),
            Phrase::GoodbyeNothing => self.text("goodbye_nothing", &[]),
            Phrase::RefusedUnknown => self.text("refused_unknown", &[]),
            Phrase::RefusedWithheld => self.text("refused_withheld", &[]),
            Phrase::RefusedOverLimit => self.text("refused_over_limit", &[]),
            Phrase::Unchecked(None) => self.text("unchecked", &[]),
            Phrase::Unchecked(Some(contact)) => self.text("unchecked_call", &[("contact", contact)]),
            Phrase::NotStored(None) => self.text("not_stored", &[]),
            Phrase::NotStored(Some(contact)) => self.text("not_stored_call", &[("contact", contact)]),
            Phrase::Apology(None) => self.text("apology", &[]),
            Phrase::Apology(Some(contact)) => self.text("apology_call", &[("contact", contact)]),
        }
    }

    fn severity(&self, severity: Severity) -> String {
        self.text(&format!("severity_{}", severity.word()), &[])
    }

    /// The text of a key with its gaps filled in one pass, so that a name with braces in it stays a name.
    fn text(&self, key: &str, gaps: &[(&str, &str)]) -> String {
        let mut words = String::new();
        let mut rest = self.texts.get(key).map_or("", String::as_str);
        while let Some((before, after)) = rest.split_once('{') {
            words.push_str(before);
            let Some((gap, after)) = after.split_once('}') else { break };
            if let Some((_, value)) = gaps.iter().find(|(name, _)| *name == gap) {
                words.push_str(value);
            }
            rest = after;
        }
        words + rest
    }
}

/// All languages, by the name of their prompts file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PhraseBook {
    /// Key: `en`, `de`, ….
    pub languages: BTreeMap<String, Language>,
}

impl PhraseBook {
    /// The language of that name; where it is not there, any: a caller hears a foreign sentence rather than none.
    pub fn language(&self, name: &str) -> Option<&Language> {
        self.languages.get(name).or_else(|| self.languages.values().next())
    }
}
