//! The other system's directory: whether it lets us in, knows who may call, and has the groups that only it knows.

use super::{Verdict, failed};
use crate::app::App;
use crate::app::lookups::Elsewhere;
use crate::domain::directory::group::GroupName;
use crate::domain::directory::person::PersonId;
use crate::ports::error::VendorError;
use crate::settings::ELSEWHERE as SECTION;
use futures_util::StreamExt;
use futures_util::stream;

/// Questions that are asked at the same time.
const AT_ONCE: usize = 8;

fn remedy() -> String {
    format!("check url, user and password of [{SECTION}]")
}

/// Whether it lets us in.
pub(super) async fn login(app: App) -> Verdict {
    let Some(Elsewhere { people, .. }) = &app.elsewhere else {
        return Verdict::skipped(format!("there is no [{SECTION}]"));
    };
    match people.probe().await {
        Ok(()) => Verdict::ok("the directory lets us in"),
        Err(error) => failed(&error, remedy()),
    }
}

/// Whether everybody who may call from there exists and can be known by a number. They are named by their place in
/// the settings, since an id can be a mail address.
pub(super) async fn callers(app: App) -> Verdict {
    let live = app.live();
    let (Some(Elsewhere { people, .. }), Some(rules)) = (&app.elsewhere, &live.settings.elsewhere) else {
        return Verdict::skipped(format!("voice.access is not \"{SECTION}\""));
    };
    if rules.authorised.is_empty() {
        return Verdict::skipped(format!("voice.access is not \"{SECTION}\""));
    }
    let look = async |(place, id): (usize, PersonId)| {
        let problem = match people.person(&id).await? {
            None => "is not there",
            Some(entry) if entry.voice.is_empty() => "has no voice device with a number",
            Some(_) => return Ok(None),
        };
        Ok(Some(format!("{SECTION}.authorised[{}] {problem}", place + 1)))
    };
    let answers: Vec<Result<_, VendorError>> = stream::iter(rules.authorised.clone().into_iter().enumerate())
        .map(look)
        .buffered(AT_ONCE)
        .collect()
        .await;
    let mut problems = vec![];
    for answer in answers {
        match answer {
            Ok(problem) => problems.extend(problem),
            Err(error) => return failed(&error, remedy()),
        }
    }
    if problems.is_empty() {
        return Verdict::ok(format!("{} may call, each with a voice device", rules.authorised.len()));
    }
    Verdict::failed(
        problems.join(", "),
        format!("give them a voice device there, or leave them out of {SECTION}.authorised"),
    )
}

/// Whether the groups whose members only it knows are there: those that it is told of, and those that it says who is on
/// call in.
pub(super) async fn groups(app: App) -> Verdict {
    let live = app.live();
    let asked = live.settings.elsewhere.as_ref().map_or(&[][..], |rules| &rules.groups);
    let groups = live.settings.directory.groups.iter().map(|group| (&group.name, group.is_elsewhere));
    let there = groups.filter(|(name, is_elsewhere)| *is_elsewhere || asked.contains(name));
    let names: Vec<GroupName> = there.map(|(name, _)| name.clone()).collect();
    if names.is_empty() {
        return Verdict::skipped("no [[group]] is elsewhere, and none has on_call");
    }
    let Some(Elsewhere { people, .. }) = &app.elsewhere else {
        return Verdict::skipped(format!(
            "there is no [{SECTION}] that could be asked about groups elsewhere"
        ));
    };
    let count = names.len();
    let look = async |name: GroupName| people.has_group(&name).await.map(|is_there| (name, is_there));
    let answers: Vec<Result<_, VendorError>> =
        stream::iter(names).map(look).buffered(AT_ONCE).collect().await;
    let mut missing = vec![];
    for answer in answers {
        match answer {
            Ok((_, true)) => {}
            Ok((name, false)) => missing.push(format!("there is no group \"{}\"", name.0)),
            Err(error) => return failed(&error, remedy()),
        }
    }
    if missing.is_empty() {
        return Verdict::ok(format!(
            "the directory has all groups of which only it knows the members: {count}"
        ));
    }
    Verdict::failed(missing.join(", "), "write each name as it is written there")
}
