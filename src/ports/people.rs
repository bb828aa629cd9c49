//! A directory of people besides our own, in another system.

use super::error::VendorError;
use crate::domain::directory::elsewhere::Entry;
use crate::domain::directory::elsewhere::on_call::GroupOnCall;
use crate::domain::directory::group::GroupName;
use crate::domain::directory::person::PersonId;
use async_trait::async_trait;
use jiff::Timestamp;

/// Knows people, their phones and their groups.
#[async_trait]
pub trait People: Send + Sync {
    /// What its answers are kept under. Those of another place say nothing about the people of this one.
    fn place(&self) -> &str;
    /// What it has of a person; `None`: it knows nobody of that id. An answer that can't be understood is an error,
    /// and never nobody.
    async fn person(&self, id: &PersonId) -> Result<Option<Entry>, VendorError>;
    /// Who is on call in a group at that moment, of what stands in the group itself: groups inside it are asked for in
    /// turn. `None`: it has no such group. An answer that can't be understood is an error, and never nobody.
    async fn on_call(&self, group: &GroupName, at: Timestamp) -> Result<Option<GroupOnCall>, VendorError>;
    /// Whether it has a group of that name.
    async fn has_group(&self, name: &GroupName) -> Result<bool, VendorError>;
    /// Whether it lets us in.
    async fn probe(&self) -> Result<(), VendorError>;
}
