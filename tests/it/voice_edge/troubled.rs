//! A store of calls that fails on request.

use async_trait::async_trait;
use dutyline::app::App;
use dutyline::domain::ids::{CallId, LegId, RecordingId};
use dutyline::domain::voice::call::Call;
use dutyline::domain::voice::recording::{Recording, Transcribed};
use dutyline::ports::error::{Outage, StoreError};
use dutyline::ports::store::{CallStore, RecordedTurn};
use jiff::Timestamp;
use std::sync::{Arc, Mutex};

/// How the store fails.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trouble {
    /// Not at all.
    Gone,
    /// Nothing can be read or written.
    Away,
    /// Nothing can be written.
    Full,
    /// It never answers.
    Silent,
    /// It panics with a number in its words.
    Panics,
}

pub(super) struct Troubled {
    calls: Arc<dyn CallStore>,
    trouble: Mutex<Trouble>,
}

impl Troubled {
    /// Puts itself between a program and its store.
    pub(super) fn between(app: &mut App) -> Arc<Self> {
        let troubled = Arc::new(Self { calls: app.calls.clone(), trouble: Mutex::new(Trouble::Gone) });
        app.calls = troubled.clone();
        troubled
    }

    pub(super) fn now(&self, trouble: Trouble) {
        *self.trouble.lock().unwrap() = trouble;
    }

    async fn meet(&self, writes: bool) -> Result<(), StoreError> {
        let trouble = *self.trouble.lock().unwrap();
        match trouble {
            Trouble::Gone => Ok(()),
            Trouble::Full if !writes => Ok(()),
            Trouble::Full => Err(StoreError::Unavailable { outage: Outage::Full, source: None }),
            Trouble::Away => Err(StoreError::Unavailable { outage: Outage::Failing, source: None }),
            Trouble::Silent => std::future::pending().await,
            Trouble::Panics => panic!("{} is the caller", "+15550101"),
        }
    }
}

#[async_trait]
impl CallStore for Troubled {
    async fn call(&self, id: CallId) -> Result<Option<Call>, StoreError> {
        self.meet(false).await?;
        self.calls.call(id).await
    }
    async fn by_carrier(&self, carrier_call: &str) -> Result<Option<Call>, StoreError> {
        self.meet(false).await?;
        self.calls.by_carrier(carrier_call).await
    }
    async fn calls_under_way(&self) -> Result<Vec<Call>, StoreError> {
        self.meet(false).await?;
        self.calls.calls_under_way().await
    }
    async fn reply(&self, leg: LegId, document: u32) -> Result<Option<String>, StoreError> {
        self.meet(false).await?;
        self.calls.reply(leg, document).await
    }
    async fn record(&self, turn: RecordedTurn<'_>) -> Result<(), StoreError> {
        self.meet(true).await?;
        self.calls.record(turn).await
    }
    async fn claim_due(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<CallId>, StoreError> {
        self.meet(true).await?;
        self.calls.claim_due(now, until, limit).await
    }
    async fn recording(&self, id: RecordingId) -> Result<Option<Recording>, StoreError> {
        self.meet(false).await?;
        self.calls.recording(id).await
    }
    async fn recordings(&self, call: CallId) -> Result<Vec<Recording>, StoreError> {
        self.meet(false).await?;
        self.calls.recordings(call).await
    }
    async fn record_text(
        &self,
        text: &Transcribed,
        turn: Option<RecordedTurn<'_>>,
    ) -> Result<(), StoreError> {
        self.meet(true).await?;
        self.calls.record_text(text, turn).await
    }
}
