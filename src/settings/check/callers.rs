//! `[voice]`: who may call.

use super::Check;
use crate::domain::directory::Directory;
use crate::domain::directory::device::DeviceKind;
use crate::domain::directory::resolve::everyone_in;
use crate::settings::{Access, file};
use std::collections::HashSet;
use toml::Spanned;

impl Check<'_, '_> {
    /// Sets who may call.
    pub(super) fn callers(&mut self, entry: &Spanned<file::Voice>, directory: &mut Directory) {
        let file = entry.get_ref();
        if *file.access.get_ref() == Access::Open {
            let found = self.findings.warning(&file.access.span(), "voice.access", "is \"open\"");
            found.hint("anybody who knows the number can raise an alert");
        }
        if let Some(authorised) = &file.authorised {
            self.authorised(authorised.get_ref(), directory);
        }
        let nobody = !directory.people.iter().any(|person| person.may_call);
        let told = self.findings.any(|key| key.starts_with("person") || key.starts_with("voice.authorised"));
        if nobody && *file.access.get_ref() == Access::Directory && !told {
            let at = file.authorised.as_ref().map_or(entry.span(), Spanned::span);
            let found = self.findings.warning(&at, "voice.authorised", "lets nobody call");
            found.hint("a caller is somebody with a voice device; or set voice.access to \"open\"");
        }
    }

    fn authorised(&mut self, entries: &[Spanned<file::Recipient>], directory: &mut Directory) {
        let mut may_call = HashSet::new();
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("voice.authorised[{}]", index + 1);
            let Some(recipient) = self.recipient(entry, &key) else { continue };
            for responder in everyone_in(directory, &recipient).responders {
                let Some(person) = directory.person(&responder.person) else { continue };
                let has_voice = person.devices.iter().any(|device| device.kind() == DeviceKind::Voice);
                if has_voice {
                    may_call.insert(responder.person);
                } else if may_call.insert(responder.person) {
                    let message = format!("\"{}\" has no voice device to be known by", person.id);
                    self.findings
                        .warning(&entry.span(), key.as_str(), message)
                        .hint("add one, or leave them out");
                }
            }
        }
        for person in &mut directory.people {
            person.may_call &= may_call.contains(&person.id);
        }
    }
}
