//! What the query of an event's request says: how to read its body, whether it is only tried out, and where there is no
//! body, the event itself.

use crate::domain::alerting::status_map::StatusMap;
use url::form_urlencoded;

/// The media type of a form.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Only shows what would happen.
const SIMULATE: &str = "simulate";

/// Parameters that say how a body is read, in small letters: they are no part of an event.
const MAPPING: [&str; 5] = ["extidparam", "extstatusparam", "newstatus", "ackstatus", "resolvedstatus"];

/// What a query says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// Whether nothing is to be done.
    pub(super) is_simulated: bool,
    /// Where the body says what has become of what.
    pub(super) status_map: StatusMap,
    /// Everything else, as a form.
    rest: String,
}

impl Asked {
    /// What a query says, as it stands in the URL. Names are read in any case of letters.
    pub(super) fn of(query: &str) -> Self {
        let parameters: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        let mut is_simulated = false;
        let mut rest = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &parameters {
            let own = name.trim().to_ascii_lowercase();
            if own == SIMULATE {
                is_simulated = !["0", "false", "no", "off"].contains(&&*value.trim().to_ascii_lowercase());
            } else if !MAPPING.contains(&own.as_str()) {
                rest.append_pair(name, value);
            }
        }
        let status_map = StatusMap::of_query(parameters.iter().map(|(name, value)| (&**name, &**value)));
        Self { is_simulated, status_map, rest: rest.finish() }
    }

    /// The event that the query itself is; `None`: it is none.
    pub(super) fn as_form(&self) -> Option<String> {
        (!self.rest.is_empty()).then(|| self.rest.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_no_part_of_the_event() {
        let asked = Asked::of("Simulate=1&EXTIDPARAM=id&title=a+b%26c&title=%C3%BC&NewStatus=");
        assert!(asked.is_simulated);
        assert_eq!(asked.status_map.id.as_deref(), Some("id"));
        assert_eq!(asked.as_form().as_deref(), Some("title=a+b%26c&title=%C3%BC"));
        assert_eq!(Asked::of("ResolvedStatus=Up").as_form(), None);
    }

    #[test]
    fn trying_out_can_be_asked_for_in_several_ways() {
        for (query, is_simulated) in [
            ("simulate", true),
            ("simulate=", true),
            ("simulate=true", true),
            ("SIMULATE=1", true),
            ("simulate=0", false),
            ("simulate=False", false),
            ("", false),
        ] {
            assert_eq!(Asked::of(query).is_simulated, is_simulated, "{query}");
        }
    }
}
