//! Programs of others that are told what happens to alerts, and the programs that people have for themselves.

use super::error::VendorError;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::news::{News, StateAt};
use crate::domain::contact::WebhookUrl;
use crate::domain::delivery::Notification;
use crate::domain::directory::Directory;
use crate::domain::ids::HookMessageId;
use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

/// An alert as another program is told of it.
#[derive(Debug, Clone, Copy)]
pub struct ToldAlert<'a> {
    /// The alert; what can change of it is in its state.
    pub story: &'a AlertStory,
    /// How it stood at the moment that is told of.
    pub state: &'a StateAt,
    /// Where the message can be heard; `None`: there is none.
    pub recording_url: Option<&'a str>,
    /// Who is who.
    pub directory: &'a Directory,
}

/// What another program is told.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The same at every attempt.
    pub id: HookMessageId,
    /// What happened.
    pub news: News,
    /// When.
    pub at: Timestamp,
    /// Who did it: the id of a person, or the name of an API key or a way in; `None`: nobody in particular.
    pub by: Option<&'a str>,
    /// What they wrote.
    pub note: Option<&'a str>,
    /// To what.
    pub about: ToldAlert<'a>,
}

/// What somebody's own program is told.
#[derive(Debug, Clone, Copy)]
pub struct Personal<'a> {
    /// For whom it is.
    pub notification: &'a Notification,
    /// About what.
    pub about: ToldAlert<'a>,
}

/// A program that is told of alerts.
#[async_trait]
pub trait Webhook: Send + Sync {
    /// What it is sent, word by word. It is below 20 kB: long texts are cut, and that says so.
    fn body(&self, told: &Told<'_>) -> String;
    /// What it is sent to try it out.
    fn test_body(&self, id: HookMessageId, at: Timestamp) -> String;
    /// Sends it that. It may come twice, with the same id, when we do not learn that it was taken. `now` is a part of
    /// what is signed.
    async fn post(&self, id: Uuid, now: Timestamp, body: &str) -> Result<(), VendorError>;
}

/// Sends messages to people's own programs.
#[async_trait]
pub trait Devices: Send + Sync {
    /// Sends one message there. Likewise it may come twice.
    async fn post(&self, to: &WebhookUrl, now: Timestamp, what: &Personal<'_>) -> Result<(), VendorError>;
}
