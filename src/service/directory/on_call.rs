//! Who is on call, as far as another system's directory knows: asked group by group, and kept.

mod search;

use crate::app::App;
use crate::app::lookups::{Answer, Elsewhere, Question};
use crate::domain::directory::Recipient;
use crate::domain::directory::elsewhere::merge::{self, Known};
use crate::domain::directory::elsewhere::on_call::{GroupOnCall, KeptOnCall};
use crate::domain::directory::group::GroupName;
use crate::domain::directory::person::PersonId;
use crate::ports::error::{StoreError, VendorError};
use crate::service::current::Current;
use jiff::Timestamp;
use search::Search;
use std::collections::BTreeSet;
use std::error::Error;
use tokio::time::timeout;

/// Puts into our directory what the other one says of who is on call at that moment, as far as these recipients reach
/// into it. Whoever is not known freshly is asked about, all at once and as long as a caller waits; what is not answered
/// by then is taken from what was said before, and where there is nothing, it is left out as unknown.
pub(in crate::service) async fn add(
    app: &App,
    directory: &mut Current,
    recipients: &[Recipient],
    at: Timestamp,
) {
    let live = app.live();
    let Some(rules) = &live.settings.elsewhere else { return };
    let groups = merge::reached(directory, recipients, &rules.groups);
    if groups.is_empty() {
        return;
    }
    let known = match &app.elsewhere {
        Some(elsewhere) => {
            let mut search = Search::new(app, elsewhere, rules, directory, at).await;
            search.come_upon(groups);
            // Running out of patience leaves some unanswered.
            let _out_of_patience = timeout(rules.patience, search.ask()).await;
            search.make_do();
            search.known()
        }
        None => Known::default(),
    };
    merge::merge(directory.to_mut(), &rules.groups, &known, at);
}

/// Asks about the groups that callers reach, and the people in them, where no young answer is kept.
pub(super) async fn refresh(app: &App, now: Timestamp) {
    let live = app.live();
    let (Some(elsewhere), Some(rules)) = (&app.elsewhere, &live.settings.elsewhere) else { return };
    let (menu, directory) = (&live.settings.menu, &live.settings.directory);
    let chosen = menu.targets.iter().map(|target| &target.recipient).chain(&menu.default_recipients);
    let groups = merge::reached(directory, &chosen.cloned().collect::<Vec<_>>(), &rules.groups);
    if !groups.is_empty() {
        let mut search = Search::new(app, elsewhere, rules, directory, now).await.renewing();
        search.come_upon(groups);
        search.ask().await;
    }
}

/// Whom the other directory is asked about because of who is on call.
pub(super) struct AskedAbout {
    /// Groups of the settings, and those inside them.
    pub(super) groups: BTreeSet<GroupName>,
    /// Who is on call there.
    pub(super) people: BTreeSet<PersonId>,
}

/// The groups and people that are asked about, as far as is known.
pub(super) async fn asked_about(
    app: &App,
    elsewhere: &Elsewhere,
    now: Timestamp,
) -> Result<AskedAbout, StoreError> {
    let live = app.live();
    let rules = live.settings.elsewhere.iter();
    let mut groups: BTreeSet<_> = rules.flat_map(|rules| rules.groups.iter().cloned()).collect();
    let mut people = BTreeSet::new();
    for kept in app.directory.on_call_answers(elsewhere.people.place()).await? {
        if let Some(answer) = kept.answer {
            groups.extend(answer.groups().cloned());
            people.extend(answer.people(now).cloned());
        }
    }
    Ok(AskedAbout { groups, people })
}

/// The question who is on call in a group, under way already or new; `at` is `None` for now.
fn ask_group(
    app: &App,
    elsewhere: &Elsewhere,
    group: &GroupName,
    at: Option<Timestamp>,
) -> Answer<Option<GroupOnCall>> {
    let question = Question { group: group.clone(), at };
    elsewhere.on_call.join(&question, || {
        let (app, elsewhere, question) = (app.clone(), elsewhere.clone(), question.clone());
        async move { ask(&app, &elsewhere, question).await }
    })
}

async fn ask(
    app: &App,
    Elsewhere { people, lookups: _, on_call }: &Elsewhere,
    Question { group, at }: Question,
) -> Result<Option<GroupOnCall>, VendorError> {
    let answer = people.on_call(&group, at.unwrap_or_else(|| app.clock.now())).await;
    let now = app.clock.now();
    let result = match &answer {
        Ok(Some(_)) => "found",
        Ok(None) => "not_there",
        Err(_) => "failed",
    };
    metrics::counter!("dutyline_on_call_lookups_total", "result" => result).increment(1);
    // How a group is getting on does not depend on the moment that it is asked about.
    let question = Question { group: group.clone(), at: None };
    match &answer {
        Ok(found) => {
            if on_call.answered(&question) {
                tracing::info!("the directory says who is on call again");
            }
            if on_call.found(&question, found.is_some()) {
                tracing::warn!(%group, "the directory has no such group");
            }
        }
        Err(error) if on_call.failed(&question, error, now) => {
            tracing::error!(%group, cause = %error, "the directory does not say who is on call");
        }
        Err(_) => {}
    }
    let answer = answer?;
    if at.is_none() {
        let kept = KeptOnCall { group, answer: answer.clone(), at: now };
        if let Err(error) = app.directory.keep_on_call_answer(people.place(), &kept).await {
            tracing::error!(error = &error as &dyn Error, "who is on call could not be kept");
        }
    }
    Ok(answer)
}
