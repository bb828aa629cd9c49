//! Whether a caller is let in.

use crate::app::{App, Live};
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::person::{Person, PersonId};
use crate::domain::voice::call::Caller;
use crate::domain::voice::caller_id::{CallerId, caller_id};
use crate::domain::voice::facts::{Admission, Refusal};
use crate::service::directory::{self, Sought};
use crate::settings::Access;

/// Known by what the carrier says of their number, and not too often.
pub(super) async fn admission(app: &App, live: &Live, from: Option<&str>) -> Admission {
    let caller = caller_id(from);
    let key = match &caller {
        CallerId::Number(number) => number.as_str(),
        CallerId::Withheld | CallerId::Unusable => "withheld",
    };
    if app.call_limit.check(key).is_err() {
        return Admission::Refused(Refusal::OverLimit);
    }
    match caller {
        CallerId::Number(number) => of_number(app, live, number).await,
        CallerId::Withheld | CallerId::Unusable if live.settings.voice.access == Access::Open => {
            stranger(live, None)
        }
        CallerId::Withheld | CallerId::Unusable => Admission::Refused(Refusal::Withheld),
    }
}

/// Known by that number: to our own directory, or to another one where there is one.
pub(super) async fn of_number(app: &App, live: &Live, number: PhoneNumber) -> Admission {
    let access = live.settings.voice.access;
    let own = live.settings.directory.by_voice_number(&number);
    let refusal = if own.is_some() { Refusal::NotAuthorised } else { Refusal::Unknown };
    match (own, access) {
        (Some(person), _) if person.may_call || access == Access::Open => known(live, person, number),
        (_, Access::Open) => stranger(live, Some(number)),
        (_, Access::Directory) => Admission::Refused(refusal),
        (_, Access::Elsewhere) => match directory::seek(app, &number).await {
            Sought::Known(person, name) => known_elsewhere(live, person, name, number),
            Sought::Nobody => Admission::Refused(refusal),
            Sought::Unsettled => Admission::Unsettled(number),
        },
    }
}

fn known(live: &Live, person: &Person, number: PhoneNumber) -> Admission {
    Admission::Admitted(Caller {
        person: Some(person.id.clone()),
        name: Some(person.name.clone()),
        number: Some(number),
        language: language(live, Some(person)),
    })
}

/// Somebody of the same id in our directory is the same person: what the other one does not tell comes from there.
fn known_elsewhere(live: &Live, id: PersonId, name: Option<String>, number: PhoneNumber) -> Admission {
    let own = live.settings.directory.person(&id);
    Admission::Admitted(Caller {
        name: name.or_else(|| own.map(|person| person.name.clone())),
        number: Some(number),
        language: language(live, own),
        person: Some(id),
    })
}

fn stranger(live: &Live, number: Option<PhoneNumber>) -> Admission {
    Admission::Admitted(Caller { person: None, name: None, number, language: language(live, None) })
}

fn language(live: &Live, person: Option<&Person>) -> String {
    let own = person.and_then(|person| person.language.clone());
    own.unwrap_or_else(|| live.settings.menu.language.clone())
}
