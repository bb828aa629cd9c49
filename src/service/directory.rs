//! Who calls, and who is on call, as far as another system's directory knows.

pub(super) mod on_call;

use crate::app::App;
use crate::app::lookups::{Answer, Elsewhere};
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::elsewhere::{Entry, Kept};
use crate::domain::directory::person::PersonId;
use crate::ports::error::{StoreError, VendorError};
use futures_util::StreamExt;
use futures_util::future::{join, join_all};
use futures_util::stream::FuturesUnordered;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use tokio::time::timeout;

/// What has been found out about a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sought {
    /// Whose it is, and their name where it was told.
    Known(PersonId, Option<String>),
    /// Nobody's, of those who may call.
    Nobody,
    /// Nobody's who could be asked about, and there were others.
    Unsettled,
}

/// Whose number that is, of those whom the settings let call. Whoever is not known freshly is asked about, all at
/// once; the first match counts, whatever becomes of the others. Answers that come too late for this caller are kept
/// for the next look.
pub(super) async fn seek(app: &App, number: &PhoneNumber) -> Sought {
    let live = app.live();
    let (Some(elsewhere), Some(rules)) = (&app.elsewhere, &live.settings.elsewhere) else {
        return Sought::Nobody;
    };
    let kept = answers(app, elsewhere).await.unwrap_or_else(|error| {
        tracing::error!(error = &error as &dyn Error, "what is known of callers can't be read");
        BTreeMap::new()
    });
    let now = app.clock.now();
    let is_fresh = |id: &PersonId| kept.get(id).is_some_and(|kept| rules.ages.is_fresh(kept.at, now));
    let (fresh, open): (BTreeSet<_>, BTreeSet<_>) = rules.authorised.iter().partition(|id| is_fresh(id));
    let of_kept = |ids: &BTreeSet<&PersonId>| {
        let mut entries = ids.iter().filter_map(|id| Some((*id, &kept.get(*id)?.entry)));
        entries.find_map(|(id, entry)| known(id, entry, number))
    };
    if let Some(known) = of_kept(&fresh) {
        return known;
    }
    let mut unanswered = open;
    let mut asked: FuturesUnordered<_> = unanswered
        .iter()
        .map(|id| {
            let (id, answer) = (*id, look_up(app, elsewhere, id));
            async move { (id, answer.await) }
        })
        .collect();
    let first_match = async {
        while let Some((id, answer)) = asked.next().await {
            let Ok(entry) = answer else { continue };
            unanswered.remove(id);
            if let Some(known) = known(id, &entry, number) {
                return Some(known);
            }
        }
        None
    };
    // Running out of patience is no match so far.
    if let Ok(Some(known)) = timeout(rules.patience, first_match).await {
        return known;
    }
    let is_usable = |id: &PersonId| kept.get(id).is_some_and(|kept| rules.ages.is_usable(kept.at, now));
    let (usable, unknown): (BTreeSet<_>, BTreeSet<_>) = unanswered.into_iter().partition(|id| is_usable(id));
    match of_kept(&usable) {
        Some(known) => known,
        None if unknown.is_empty() => Sought::Nobody,
        None => Sought::Unsettled,
    }
}

fn known(id: &PersonId, entry: &Entry, number: &PhoneNumber) -> Option<Sought> {
    entry.calls_from(number).then(|| Sought::Known(id.clone(), entry.name.clone()))
}

/// Asks about everyone who may call, and about who is on call in the groups that callers reach, where no young answer
/// is kept, so that callers need not wait; forgets answers that count no more.
pub async fn refresh(app: &App) -> Result<(), StoreError> {
    let live = app.live();
    let (Some(elsewhere), Some(rules)) = (&app.elsewhere, &live.settings.elsewhere) else { return Ok(()) };
    let now = app.clock.now();
    app.directory.forget_answers(rules.ages.forgotten_before(now)).await?;
    let on_call = on_call::asked_about(app, elsewhere, now).await?;
    elsewhere.lookups.only(|id| rules.authorised.contains(id) || on_call.people.contains(id));
    elsewhere.on_call.only(|question| on_call.groups.contains(&question.group));
    if elsewhere.is_at_rest(now) {
        return Ok(());
    }
    let kept = answers(app, elsewhere).await?;
    let is_due = |id: &&PersonId| kept.get(id).is_none_or(|kept| rules.ages.is_ageing(kept.at, now));
    let callers = join_all(rules.authorised.iter().filter(is_due).map(|id| look_up(app, elsewhere, id)));
    join(callers, on_call::refresh(app, now)).await;
    Ok(())
}

async fn answers(app: &App, elsewhere: &Elsewhere) -> Result<BTreeMap<PersonId, Kept>, StoreError> {
    let answers = app.directory.answers(elsewhere.people.place()).await?;
    Ok(answers.into_iter().map(|kept| (kept.person.clone(), kept)).collect())
}

/// The look-up of a person, under way already or new.
fn look_up(app: &App, elsewhere: &Elsewhere, id: &PersonId) -> Answer<Entry> {
    elsewhere.lookups.join(id, || {
        let (app, elsewhere, id) = (app.clone(), elsewhere.clone(), id.clone());
        async move { ask(&app, &elsewhere, id).await }
    })
}

async fn ask(
    app: &App,
    Elsewhere { people, lookups, on_call: _ }: &Elsewhere,
    id: PersonId,
) -> Result<Entry, VendorError> {
    let answer = people.person(&id).await;
    let now = app.clock.now();
    let result = match &answer {
        Ok(Some(_)) => "found",
        Ok(None) => "not_there",
        Err(_) => "failed",
    };
    metrics::counter!("dutyline_directory_lookups_total", "result" => result).increment(1);
    // By place and not by id, which may be a mail address; who is on call there, and does not call, has none.
    let place = || {
        let live = app.live();
        let rules = live.settings.elsewhere.as_ref();
        let place = rules.and_then(|rules| rules.authorised.iter().position(|one| *one == id));
        place.map(|place| place + 1)
    };
    match &answer {
        Ok(found) => {
            if lookups.answered(&id) {
                tracing::info!("people can be looked up again");
            }
            if lookups.found(&id, found.is_some()) {
                tracing::warn!(
                    nth_authorised = place(),
                    "the directory does not know somebody who may call, or who is on call there"
                );
            }
        }
        Err(error) if lookups.failed(&id, error, now) => {
            tracing::error!(nth_authorised = place(), cause = %error, "people can't be looked up");
        }
        Err(_) => {}
    }
    let kept = Kept { person: id, entry: answer?.unwrap_or_default(), at: now };
    if let Err(error) = app.directory.keep_answer(people.place(), &kept).await {
        tracing::error!(error = &error as &dyn Error, "what is known of somebody could not be kept");
    }
    Ok(kept.entry)
}
