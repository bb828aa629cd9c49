//! Whether a caller is let in.

use crate::app::{App, Live};
use crate::domain::directory::person::Person;
use crate::domain::voice::call::Caller;
use crate::domain::voice::caller_id::{CallerId, caller_id};
use crate::domain::voice::facts::{Admission, Refusal};
use crate::settings::Access;

/// Known by what the carrier says of their number, and not too often.
pub(super) fn admission(app: &App, live: &Live, from: Option<&str>) -> Admission {
    let settings = &live.settings;
    let open = settings.voice.access == Access::Open;
    let known = |person: &Person, number| {
        Admission::Admitted(Caller {
            person: Some(person.id.clone()),
            name: Some(person.name.clone()),
            number: Some(number),
            language: person.language.clone().unwrap_or_else(|| settings.menu.language.clone()),
        })
    };
    let stranger = |number| {
        Admission::Admitted(Caller {
            person: None,
            name: None,
            number,
            language: settings.menu.language.clone(),
        })
    };
    let caller = caller_id(from);
    let key = match &caller {
        CallerId::Number(number) => number.as_str(),
        CallerId::Withheld | CallerId::Unusable => "withheld",
    };
    if app.call_limit.check(key).is_err() {
        return Admission::Refused(Refusal::OverLimit);
    }
    match caller {
        CallerId::Number(number) => match settings.directory.by_voice_number(&number) {
            Some(person) if person.may_call || open => known(person, number),
            Some(_) => Admission::Refused(Refusal::NotAuthorised),
            None if open => stranger(Some(number)),
            None => Admission::Refused(Refusal::Unknown),
        },
        CallerId::Withheld | CallerId::Unusable if open => stranger(None),
        CallerId::Withheld | CallerId::Unusable => Admission::Refused(Refusal::Withheld),
    }
}
