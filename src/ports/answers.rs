//! Answers of people by text message and by link, as they are remembered.

use super::error::StoreError;
use crate::domain::access::TokenHash;
use crate::domain::alerting::reply::Deed;
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::AlertId;
use async_trait::async_trait;
use jiff::Timestamp;

/// A short number by which a phone's holder names an alert that they were told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplyCode {
    /// The number.
    pub code: u32,
    /// Which alert.
    pub alert: AlertId,
    /// When that phone was told of it last.
    pub told_at: Timestamp,
    /// How many steps of its policy had been made by then.
    pub steps: u32,
    /// Whether the alert is open, acknowledged or not: the number may go to another one as soon as it is not.
    pub is_open: bool,
}

/// An open alert that a phone was told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldOf {
    /// Which.
    pub alert: AlertId,
    /// Whom the last text about it was for.
    pub person: PersonId,
}

/// What is known of a phone that has written to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Texter {
    /// Since when it wants no more texts; `None`: it takes them.
    pub stopped_at: Option<Timestamp>,
    /// How many texts it has sent that did nothing, since the last that did something.
    pub errors: u32,
}

/// What a text means for the phone that sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TexterChange {
    /// It wants no more texts.
    Stopped,
    /// It takes texts again.
    Started,
    /// Nothing was done.
    Erred,
    /// Something was done: it may err again.
    Did,
    /// Nothing.
    None,
}

/// A text that has come in, with its answer.
#[derive(Debug, Clone, Copy)]
pub struct AnsweredText<'a> {
    /// The carrier's id of it.
    pub carrier_id: &'a str,
    /// Whose phone it came from.
    pub from: &'a PhoneNumber,
    /// When.
    pub at: Timestamp,
    /// What was answered; `None`: nothing.
    pub answer: Option<&'a str>,
    /// What it means for the phone.
    pub change: TexterChange,
}

/// A link by which one person may answer one alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerLink {
    /// What is kept of its token.
    pub hash: TokenHash,
    /// Which alert.
    pub alert: AlertId,
    /// Who.
    pub person: PersonId,
    /// How many steps of the alert's policy had been made when it was: whoever has only the message with it knows of no
    /// more.
    pub steps: u32,
    /// From this moment on it leads nowhere.
    pub expires_at: Timestamp,
    /// What it has been used for, each thing once.
    pub used: Vec<Deed>,
}

/// Short numbers, texts that came in, and links.
#[async_trait]
pub trait AnswerStore: Send + Sync {
    /// The short numbers of a phone, smallest first.
    async fn reply_codes(&self, phone: &PhoneNumber) -> Result<Vec<ReplyCode>, StoreError>;
    /// Gives a short number to an alert, in place of the one that has it; `before`: that one, `None`: it is free, or the
    /// alert's own. [`StoreError::Conflict`] when it has gone to another one since it was read.
    async fn give_reply_code(
        &self,
        phone: &PhoneNumber,
        given: &ReplyCode,
        before: Option<AlertId>,
    ) -> Result<(), StoreError>;
    /// Open alerts that a phone was told of by a text that has gone out, about one alert or about several; the newest
    /// first, so many at most. `deed`: only those for which that is still to be done.
    async fn told_on(&self, phone: &PhoneNumber, deed: Deed, limit: u32) -> Result<Vec<ToldOf>, StoreError>;
    /// Whether the latest text to a phone was about several alerts. One of which nobody knows yet whether it has gone
    /// out counts.
    async fn was_last_told_of_several(&self, phone: &PhoneNumber) -> Result<bool, StoreError>;
    /// What is known of a phone.
    async fn texter(&self, phone: &PhoneNumber) -> Result<Texter, StoreError>;
    /// What was answered to a text by the carrier's id of it; the outer `None`: it has not come before.
    async fn answer_to(&self, carrier_id: &str) -> Result<Option<Option<String>>, StoreError>;
    /// Writes that a text was answered. [`StoreError::Conflict`] when it was before.
    async fn record_text(&self, text: AnsweredText<'_>) -> Result<(), StoreError>;
    /// The link of that hash, expired or not.
    async fn answer_link(&self, hash: &TokenHash) -> Result<Option<AnswerLink>, StoreError>;
    /// Adds one.
    async fn add_answer_link(&self, link: &AnswerLink) -> Result<(), StoreError>;
    /// Writes that one was used for that.
    async fn use_answer_link(&self, hash: &TokenHash, deed: Deed, at: Timestamp) -> Result<(), StoreError>;
}
