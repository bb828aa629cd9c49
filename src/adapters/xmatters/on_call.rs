//! Who is on call at xMatters.
//!
//! Source: xMatters' REST API, "Get who is on call": a shift an entry, its members page by page, each with its
//! temporary absences; `at` asks about a moment, `embed=members.owner` for whose a device is.

use super::directory::{XmattersDirectory, name};
use super::wire::{Absence, Group, Listed, Member, OnCall, Recipient};
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::elsewhere::on_call::{
    GroupOnCall, Leave, MemberOnCall, Named, ShiftOnCall, Who,
};
use crate::domain::directory::group::GroupName;
use crate::domain::directory::person::PersonId;
use crate::ports::error::VendorError;
use jiff::Timestamp;

/// Shifts that are asked for at once: each comes with as many people as there may be.
const SHIFTS: usize = 10;
/// Members of a shift that come with it: as many as may be asked for.
const MEMBERS: &str = "100";

impl XmattersDirectory {
    /// All shifts of a group that are on; `None`: there is no such group.
    pub(super) async fn shifts(
        &self,
        group: &GroupName,
        at: Timestamp,
    ) -> Result<Option<GroupOnCall>, VendorError> {
        let Some(group) = self.as_one(group).await? else { return Ok(None) };
        let mut list = self.resource(&["on-call"])?;
        list.query_pairs_mut()
            .append_pair("groups", &group)
            .append_pair("membersPerShift", MEMBERS)
            .append_pair("at", &at.to_string())
            .append_pair("embed", "members.owner");
        let Some(entries) = self.list::<OnCall>(&list, SHIFTS).await? else { return Ok(None) };
        let mut shifts = Vec::with_capacity(entries.len());
        for OnCall { end, members } in entries {
            shifts.push(ShiftOnCall { until: end, members: self.members(&list, members).await? });
        }
        Ok(Some(GroupOnCall { shifts }))
    }

    /// What a group is asked for by in a list of names, which commas part: its name, or the id of one with a comma in
    /// its name. `None`: there is no such group.
    async fn as_one(&self, group: &GroupName) -> Result<Option<String>, VendorError> {
        if !group.0.contains(',') {
            return Ok(Some(group.0.clone()));
        }
        let found: Option<Group> = self.one(self.resource(&["groups", &group.0])?).await?;
        Ok(found.map(|group| group.id))
    }

    /// Everyone in a shift, in the order in which they are tried.
    async fn members(
        &self,
        list: &url::Url,
        Listed { mut data, links }: Listed<Member>,
    ) -> Result<Vec<MemberOnCall>, VendorError> {
        if let Some(next) = Self::follow(list, links.as_ref())? {
            data.extend(self.rest::<Member>(list, next, data.len()).await?.unwrap_or_default());
        }
        data.sort_by_key(|member| member.position.unwrap_or(i64::MAX));
        Ok(data.into_iter().map(member).collect())
    }
}

fn member(Member { who: recipient, absences, replacements, position: _ }: Member) -> MemberOnCall {
    let leaves = absences.data.into_iter().chain(replacements.data).map(leave);
    MemberOnCall { is_active: is_active(&recipient), who: who(recipient), absences: leaves.collect() }
}

fn is_active(recipient: &Recipient) -> bool {
    recipient.status.as_ref().is_none_or(|status| status == "ACTIVE")
}

fn who(recipient: Recipient) -> Who {
    match recipient.kind.as_str() {
        "PERSON" => Who::Person(named(recipient)),
        "GROUP" => Who::Group(GroupName(recipient.name)),
        "DYNAMIC_TEAM" => Who::DynamicTeam(recipient.name),
        "DEVICE" => {
            let is_voice = recipient.device.as_ref().is_some_and(|kind| kind == "VOICE");
            let number = recipient.phone_number.as_ref().and_then(|text| PhoneNumber::parse(text).ok());
            let owner = owner(recipient);
            if is_voice { Who::Phone { owner, number } } else { Who::Silent(owner) }
        }
        _ => Who::Strange(recipient.name),
    }
}

/// Whose a device is. Its own target name is its owner's with its name after a bar.
fn owner(device: Recipient) -> Named {
    if let Some(owner) = device.owner {
        return named(*owner);
    }
    let id = device.name.split('|').next().unwrap_or_default().to_owned();
    Named { id: PersonId(id), name: None }
}

fn named(person: Recipient) -> Named {
    Named { id: PersonId(person.name), name: name(person.person) }
}

/// Nobody stands in for a vacancy, and nobody who is switched off stands in.
fn leave(Absence { kind, start, end, replacement }: Absence) -> Leave {
    let is_vacancy = kind.is_some_and(|kind| kind == "VACANCY");
    let replacement = replacement.filter(|who| !is_vacancy && who.kind == "PERSON" && is_active(who));
    Leave { from: start, until: end, replacement: replacement.map(named) }
}
