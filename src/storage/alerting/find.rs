//! Alerts that are looked for.
//!
//! Every statement goes along one index, from newer to older: that of the rarest thing that is asked for. What else is
//! asked for is looked at alert by alert, and no more than [`SCANNED`] alerts at a time: a page may come out short, and
//! says where the list goes on.

use super::{select_stories, story};
use crate::domain::alerting::actor::Who;
use crate::domain::alerting::filter::AlertFilter;
use crate::domain::alerting::state::AlertState;
use crate::domain::ids::AlertId;
use crate::domain::severity::Severity;
use crate::ports::error::StoreError;
use crate::ports::store::{AlertCursor, AlertPage};
use crate::storage::SqlStore;
use crate::storage::recordings::recording_columns;
use crate::storage::write::{Row, Value, args};
use jiff::Timestamp;
use uuid::Uuid;

/// How many alerts are looked at for one page.
const SCANNED: u32 = 10_000;

macro_rules! select_found {
    ($lead:literal) => {
        concat!(
            select_stories!(),
            "where ",
            $lead,
            "(a.opened_at, a.id) < ($1, $2) and (a.opened_at, a.id) >= ($3, $4) ",
            "and (cast($6 as bigint) = 1 and a.closed_at is null and a.acknowledged_at is null ",
            "or cast($7 as bigint) = 1 and a.closed_at is null and a.acknowledged_at is not null ",
            "or cast($8 as bigint) = 1 and a.closed_at is not null) ",
            "and (cast($9 as text) is null or a.severity = $9) ",
            "and (cast($10 as text) is null or a.team = $10) ",
            "and (cast($11 as text) is null or a.category = $11) ",
            "and (cast($12 as text) is null or a.source = $12) ",
            "and (cast($13 as text) is null or a.acknowledged_by = $14 or a.closed_by = $14 or exists ",
            "(select 1 from notifications n where n.alert_id = a.id and n.person = $13)) ",
            "and (cast($15 as text) is null or a.words like $15 escape '!' ",
            "or r.transcript_words like $15 escape '!') ",
            "order by a.opened_at desc, a.id desc limit $5"
        )
    };
}

macro_rules! select_end {
    ($lead:literal) => {
        concat!(
            "select a.opened_at, a.id from alerts a where ",
            $lead,
            "(a.opened_at, a.id) < ($1, $2) and (a.opened_at, a.id) >= ($3, $4) ",
            "order by a.opened_at desc, a.id desc limit 1 offset $5"
        )
    };
}

/// The index that a search goes along.
enum Lead<'a> {
    Unresolved,
    Source(&'a str),
    Category(&'a str),
    Team(&'a str),
    Age,
}

impl<'a> Lead<'a> {
    /// The rarest first: of a million alerts, few are not over.
    fn of(filter: &'a AlertFilter) -> Self {
        if filter.wants_unresolved_only() {
            Self::Unresolved
        } else if let Some(source) = &filter.source {
            Self::Source(source)
        } else if let Some(category) = &filter.category {
            Self::Category(&category.0)
        } else if let Some(team) = &filter.team {
            Self::Team(&team.0)
        } else {
            Self::Age
        }
    }

    /// Whether every alert on it is wanted.
    fn is_all(&self, filter: &AlertFilter) -> bool {
        let AlertFilter { states: _, severity, team, category, source, person, from: _, until: _, words } =
            filter;
        let rest = [
            severity.is_some(),
            team.is_some() && !matches!(self, Self::Team(_)),
            category.is_some() && !matches!(self, Self::Category(_)),
            source.is_some() && !matches!(self, Self::Source(_)),
            person.is_some(),
            words.is_some(),
            !AlertState::ALL.into_iter().all(|state| filter.wants(state)),
        ];
        !rest.contains(&true)
    }

    const fn page(&self) -> &'static str {
        match self {
            Self::Unresolved => select_found!("a.closed_at is null and "),
            Self::Source(_) => select_found!("a.source = $12 and "),
            Self::Category(_) => select_found!("a.category = $11 and "),
            Self::Team(_) => select_found!("a.team = $10 and "),
            Self::Age => select_found!(""),
        }
    }

    const fn end(&self) -> &'static str {
        match self {
            Self::Unresolved => select_end!("a.closed_at is null and "),
            Self::Source(_) => select_end!("a.source = $6 and "),
            Self::Category(_) => select_end!("a.category = $6 and "),
            Self::Team(_) => select_end!("a.team = $6 and "),
            Self::Age => select_end!(""),
        }
    }

    const fn value(&self) -> Option<&'a str> {
        match self {
            Self::Source(value) | Self::Category(value) | Self::Team(value) => Some(value),
            Self::Unresolved | Self::Age => None,
        }
    }
}

/// A place in the list. A list goes from below one to another.
type Place = (Timestamp, Uuid);

impl SqlStore {
    pub(super) async fn look_for(
        &self,
        filter: &AlertFilter,
        after: Option<AlertCursor>,
        limit: u32,
    ) -> Result<AlertPage, StoreError> {
        // Without a place the list begins before everything that there can be.
        let begin = after.map_or((Timestamp::MAX, Uuid::max()), |after| (after.opened_at, after.id.0));
        let begin = filter.until.map_or(begin, |until| begin.min((until, Uuid::nil())));
        let end = (filter.from.unwrap_or(Timestamp::MIN), Uuid::nil());
        let lead = Lead::of(filter);
        let bound = if lead.is_all(filter) { None } else { self.bound(&lead, begin, end).await? };
        let args = arguments(filter, begin, bound.unwrap_or(end), limit.saturating_add(1));
        let rows = self.driver.query(lead.page(), args).await?;
        let mut stories = rows.iter().map(story).collect::<Result<Vec<_>, _>>()?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let is_more = stories.len() > wanted;
        stories.truncate(wanted);
        let next = match stories.last() {
            Some(last) if is_more => Some(AlertCursor { opened_at: last.alert.opened_at, id: last.alert.id }),
            _ => bound.map(|(opened_at, id)| AlertCursor { opened_at, id: AlertId(id) }),
        };
        Ok(AlertPage { stories, next })
    }

    /// Where a search is to stop; `None`: it can go to its end.
    async fn bound(&self, lead: &Lead<'_>, begin: Place, end: Place) -> Result<Option<Place>, StoreError> {
        let mut args = args![begin.0, begin.1, end.0, end.1, SCANNED.saturating_sub(1)];
        args.extend(lead.value().map(Value::from));
        self.first(lead.end(), args, |row: &Row| Ok((row.time(0)?, row.parsed(1)?))).await
    }
}

fn arguments(filter: &AlertFilter, begin: Place, end: Place, limit: u32) -> Vec<Value> {
    args![
        begin.0,
        begin.1,
        end.0,
        end.1,
        limit,
        filter.wants(AlertState::Open),
        filter.wants(AlertState::Acknowledged),
        filter.wants(AlertState::Resolved),
        filter.severity.map(Severity::word),
        filter.team.as_ref().map(|team| team.0.as_str()),
        filter.category.as_ref().map(|category| category.0.as_str()),
        filter.source.as_deref(),
        filter.person.as_ref().map(|person| person.0.as_str()),
        filter.person.clone().map(|person| Who::Person(person).tagged()),
        filter.words.as_deref().map(pattern),
    ]
}

/// What matches a text in small letters that has these words in it.
fn pattern(words: &str) -> String {
    let mut pattern = "%".to_owned();
    for letter in words.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_for_themselves() {
        assert_eq!(pattern("Pümpe 50%_!"), "%pümpe 50!%!_!!%");
    }
}
