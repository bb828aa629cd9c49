//! What is said of an alert in a message, cut where it is too long.

use crate::domain::alerting::content::Detail;
use crate::domain::alerting::origin::Origin;
use crate::ports::webhook::ToldAlert;

/// How long a body is at most, in bytes: the Standard Webhooks specification recommends less than 20 kB.
const LONGEST: usize = 19_999;

/// The texts of an alert.
pub(super) struct Said<'a> {
    pub(super) title: String,
    /// The words of the event, or what was said on the phone.
    pub(super) text: Option<String>,
    pub(super) details: &'a [Detail],
    /// What somebody wrote about it.
    pub(super) note: Option<String>,
    /// Whether something was left out.
    pub(super) is_cut: bool,
}

impl<'a> Said<'a> {
    /// A body with as much of the texts as it can hold.
    pub(super) fn fitted(
        about: &ToldAlert<'a>,
        note: Option<&str>,
        body: impl Fn(&Self) -> String,
    ) -> String {
        let alert = &about.story.alert;
        let title = alert.content.title.clone().unwrap_or_else(|| untitled(&alert.origin));
        let mut said = Self {
            title,
            text: alert.content.text.as_deref().or_else(|| about.story.text()).map(str::to_owned),
            details: &alert.content.details,
            note: note.map(str::to_owned),
            is_cut: false,
        };
        loop {
            let made = body(&said);
            if made.len() <= LONGEST || !said.cut() {
                return made;
            }
        }
    }

    /// Leaves out half of what is longest; `false`: there is nothing left.
    fn cut(&mut self) -> bool {
        self.is_cut = true;
        let details: usize = self.details.iter().map(|one| one.name.len() + one.value.len()).sum();
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let longest = details.max(length(&self.text)).max(length(&self.note)).max(self.title.len());
        if longest == 0 {
            return false;
        }
        if longest == details {
            self.details =
                self.details.split_at_checked(self.details.len() / 2).map_or(&[], |(first, _)| first);
        } else if let Some(text) =
            [&mut self.text, &mut self.note].into_iter().flatten().find(|text| text.len() == longest)
        {
            halve(text);
        } else {
            halve(&mut self.title);
        }
        true
    }
}

fn halve(text: &mut String) {
    let middle = text.floor_char_boundary(text.len() / 2);
    text.truncate(middle);
}

/// What an alert is called that has no title.
fn untitled(origin: &Origin) -> String {
    match origin {
        Origin::Call(call) => match &call.caller.name {
            Some(name) => format!("Call by {name}"),
            None => "Call by an unknown caller".to_owned(),
        },
        Origin::Event(event) => {
            format!("Event of {}", event.source.as_deref().unwrap_or(&event.integration.0))
        }
    }
}
