//! How the lists of absences, of overrides and of the audit are narrowed, and where they go on.

use crate::domain::directory::absence::Absence;
use crate::domain::directory::change::{absence_id, override_id};
use crate::domain::directory::overrides::Override;
use crate::domain::ids::AuditId;
use crate::http::error::ApiError;
use crate::http::extract::body::moment;
use crate::http::extract::page::{Listed, Page, read_cursor, write_cursor};
use crate::http::extract::query::Parameters;
use crate::service::{AuditCursor, AuditFilter};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::Timestamp;
use uuid::Uuid;

/// The list of absences.
#[derive(Debug)]
pub(in crate::http) struct Absences;

/// The list of overrides.
#[derive(Debug)]
pub(in crate::http) struct Overrides;

/// A page of the audit: `?what=&by=&from=&until=&limit=&after=`.
#[derive(Debug)]
pub(in crate::http) struct AuditPage {
    /// Which entries.
    pub(super) filter: AuditFilter,
    /// How many, at most.
    pub(super) limit: u32,
    /// Where the page before it has ended; `None`: the first page.
    pub(super) after: Option<AuditCursor>,
}

impl<S: Send + Sync> FromRequestParts<S> for AuditPage {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let mut asked = Parameters::from_request_parts(parts, state).await?;
        let filter = AuditFilter {
            what: asked.text("what"),
            by: asked.text("by"),
            from: asked.take("from", moment),
            until: asked.take("until", moment),
        };
        let limit = asked.limit();
        let after = asked.after(|text| {
            let (at, id) = read_cursor(text)?;
            Some(AuditCursor { at, id: AuditId(id) })
        });
        asked.finish(Some(Self { filter, limit, after }))
    }
}

/// Whether something is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Stage {
    InForce,
    ToCome,
}

/// After which one a list goes on: when that begins, and its id.
pub(in crate::http) type Last = (Timestamp, Uuid);

impl Listed for Absences {
    type State = Stage;
    type Cursor = Last;

    fn state(word: &str) -> Result<Stage, String> {
        stage(word)
    }

    fn cursor(text: &str) -> Option<Last> {
        read_cursor(text)
    }
}

impl Listed for Overrides {
    type State = Stage;
    type Cursor = Last;

    fn state(word: &str) -> Result<Stage, String> {
        stage(word)
    }

    fn cursor(text: &str) -> Option<Last> {
        read_cursor(text)
    }
}

fn stage(word: &str) -> Result<Stage, String> {
    match word {
        "in_force" => Ok(Stage::InForce),
        "to_come" => Ok(Stage::ToCome),
        _ => Err("is not one of in_force, to_come".to_owned()),
    }
}

/// Something that begins at a moment.
pub(super) trait Begins {
    /// When, and its id.
    fn begins(&self) -> Last;
}

impl Begins for Absence {
    fn begins(&self) -> Last {
        (self.from, absence_id(self).0)
    }
}

impl Begins for Override {
    fn begins(&self) -> Last {
        (self.from, override_id(self).0)
    }
}

/// A page of a sorted list of what is in force or to come, and what to send as `after` for the next one.
pub(super) fn paged<L, T>(all: Vec<T>, page: &Page<L>, now: Timestamp) -> (Vec<T>, Option<String>)
where
    L: Listed<State = Stage, Cursor = Last>,
    T: Begins,
{
    // A cursor has microseconds, and a time of the settings may be finer.
    let place = |(at, id): Last| (at.as_microsecond(), id);
    let is_wanted = |one: &T| match page.state {
        Some(Stage::InForce) => one.begins().0 <= now,
        Some(Stage::ToCome) => one.begins().0 > now,
        None => true,
    };
    let is_later = |one: &T| page.after.is_none_or(|after| place(one.begins()) > place(after));
    let mut rest = all.into_iter().filter(is_wanted).filter(is_later);
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let shown: Vec<T> = rest.by_ref().take(limit).collect();
    let last = shown.last().filter(|_| rest.next().is_some()).map(Begins::begins);
    (shown, last.map(|(at, id)| write_cursor(at, id)))
}
