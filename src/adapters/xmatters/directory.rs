//! The people of xMatters and their devices.
//!
//! Source: xMatters' REST API, "Get a person's devices", "Get a group" and "Pagination".

use super::wire::{Device, Links, Owner, Page};
use crate::adapters::answer::Vendor;
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::elsewhere::Entry;
use crate::domain::directory::elsewhere::on_call::GroupOnCall;
use crate::domain::directory::group::GroupName;
use crate::domain::directory::person::PersonId;
use crate::ports::error::VendorError;
use crate::ports::people::People;
use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::{Client, Response, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

const XMATTERS: Vendor = Vendor {
    name: "the directory",
    url: "xmatters.url",
    credential: "xmatters.user and xmatters.password",
    is_quoted: false,
};

/// Devices that are asked for at once.
const DEVICES: usize = 100;
/// Pages of a list that are read at most: nobody has more devices, and no group more shifts at a time.
const MOST_PAGES: usize = 20;
/// The place in a list where a page begins.
const OFFSET: &str = "offset";

/// A system at xMatters, as a directory. Its `Debug` shows no credentials.
#[derive(Clone)]
pub struct XmattersDirectory {
    client: Client,
    url: Url,
    user: String,
    password: String,
}

impl std::fmt::Debug for XmattersDirectory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("XmattersDirectory").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

impl XmattersDirectory {
    /// The system at that address, by that client (of [`crate::adapters::http_client`]), as that user. `url` has a
    /// trailing slash.
    pub const fn new(client: Client, url: Url, user: String, password: String) -> Self {
        Self { client, url, user, password }
    }

    /// A resource; each part is percent-encoded.
    pub(super) fn resource(&self, parts: &[&str]) -> Result<Url, VendorError> {
        let mut url = self.url.clone();
        url.path_segments_mut()
            .map_err(|()| VendorError::permanent("xmatters.url is not the address of an API"))?
            .pop_if_empty()
            .extend(["api", "xm", "1"])
            .extend(parts);
        Ok(url)
    }

    /// What is there; `None`: nothing is.
    async fn get(&self, url: Url) -> Result<Option<Response>, VendorError> {
        let asked = self.client.get(url).basic_auth(&self.user, Some(&self.password)).send().await;
        if asked.as_ref().is_ok_and(|answer| answer.status() == StatusCode::NOT_FOUND) {
            return Ok(None);
        }
        XMATTERS.accepted(asked).await.map(Some)
    }

    /// The one thing that is there; `None`: nothing is.
    pub(super) async fn one<T: DeserializeOwned>(&self, url: Url) -> Result<Option<T>, VendorError> {
        match self.get(url).await? {
            Some(answer) => XMATTERS.json(answer).await.map(Some),
            None => Ok(None),
        }
    }

    /// A whole list, asked for so many at a time; `None`: there is none.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        list: &Url,
        limit: usize,
    ) -> Result<Option<Vec<T>>, VendorError> {
        self.rest(list, at(list, 0, limit), 0).await
    }

    /// The rest of a list, of which so many were read, from that page on; `None`: there is no such list.
    pub(super) async fn rest<T: DeserializeOwned>(
        &self,
        list: &Url,
        page: Url,
        read: usize,
    ) -> Result<Option<Vec<T>>, VendorError> {
        let (mut all, mut next) = (vec![], Some(page));
        for _ in 0..MOST_PAGES {
            let Some(url) = next else { return Ok(Some(all)) };
            let page: Page<T> = match self.one(url.clone()).await? {
                Some(page) => page,
                None if read == 0 && all.is_empty() => return Ok(None),
                None => return Err(VendorError::temporary("the directory's list breaks off (404)")),
            };
            let read = read + all.len() + page.data.len();
            // A page without anything ends the list, whatever it says of others.
            next = if page.data.is_empty() { None } else { Self::next(list, &url, &page, read)? };
            all.extend(page.data);
        }
        match next {
            None => Ok(Some(all)),
            Some(_) => Err(VendorError::temporary("the directory's list does not end")),
        }
    }

    /// Where a list goes on after a page; `None`: that was the last.
    fn next<T>(list: &Url, url: &Url, page: &Page<T>, read: usize) -> Result<Option<Url>, VendorError> {
        match Self::follow(list, page.links.as_ref())? {
            None if page.total.is_some_and(|total| total > read) => Ok(Some(onward(url, read))),
            next => Ok(next),
        }
    }

    /// Where that link leads; `None`: nowhere. It must be at the same host, since our credentials travel there.
    pub(super) fn follow(list: &Url, links: Option<&Links>) -> Result<Option<Url>, VendorError> {
        let wrong = || VendorError::temporary("the directory's answer leads elsewhere at links.next");
        let Some(next) = links.and_then(|links| links.next.as_deref()) else { return Ok(None) };
        let next = list.join(next).map_err(|_error| wrong())?;
        if next.origin() == list.origin() { Ok(Some(next)) } else { Err(wrong()) }
    }
}

/// The page of a list that begins there.
fn at(list: &Url, offset: usize, limit: usize) -> Url {
    let mut url = list.clone();
    url.query_pairs_mut().append_pair(OFFSET, &offset.to_string()).append_pair("limit", &limit.to_string());
    url
}

/// The same page, but from another place on.
fn onward(page: &Url, offset: usize) -> Url {
    let mut url = page.clone();
    let others: Vec<_> = page.query_pairs().filter(|(key, _)| key != OFFSET).collect();
    url.query_pairs_mut().clear().extend_pairs(others).append_pair(OFFSET, &offset.to_string());
    url
}

#[async_trait]
impl People for XmattersDirectory {
    fn place(&self) -> &str {
        self.url.as_str()
    }

    async fn person(&self, id: &PersonId) -> Result<Option<Entry>, VendorError> {
        let list = self.resource(&["people", &id.0, "devices"])?;
        let Some(mut devices) = self.list::<Device>(&list, DEVICES).await? else { return Ok(None) };
        // The order in which they are tried; where none is told, that of the list.
        devices.sort_by_key(|device| device.sequence.unwrap_or(i64::MAX));
        let mut entry = Entry::default();
        for device in devices {
            entry.add(device);
        }
        Ok(Some(entry))
    }

    async fn on_call(&self, group: &GroupName, at: Timestamp) -> Result<Option<GroupOnCall>, VendorError> {
        self.shifts(group, at).await
    }

    async fn has_group(&self, name: &GroupName) -> Result<bool, VendorError> {
        let answer = self.get(self.resource(&["groups", &name.0])?).await?;
        Ok(answer.is_some())
    }

    async fn probe(&self) -> Result<(), VendorError> {
        let mut url = self.resource(&["people"])?;
        url.query_pairs_mut().append_pair("limit", "1");
        let missing = || VendorError::permanent("there is no directory (404); check xmatters.url");
        let answer = self.get(url).await?.ok_or_else(missing)?;
        let _people: Page<serde::de::IgnoredAny> = XMATTERS.json(answer).await?;
        Ok(())
    }
}

impl Entry {
    /// A phone that its owner calls from counts; none that only takes texts or asks questions does, none
    /// without a number, and none that is switched off. A number that can't be called from abroad is nobody's
    /// caller ID.
    fn add(&mut self, device: Device) {
        let Device { kind, phone_number, status, sequence: _, owner } = device;
        if self.name.is_none() {
            self.name = owner.and_then(name);
        }
        if kind != "VOICE" || status.is_some_and(|status| status == "INACTIVE") {
            return;
        }
        let number = phone_number.and_then(|text| PhoneNumber::parse(&text).ok());
        self.voice.extend(number.filter(|number| !self.voice.contains(number)));
    }
}

/// A name with what there is of it, as it can be spoken and stored.
pub(super) fn name(owner: Owner) -> Option<String> {
    const LONGEST: usize = 100;
    let parts = [owner.first_name, owner.last_name].into_iter().flatten();
    let whole = parts.collect::<Vec<_>>().join(" ").replace(char::is_control, " ");
    let whole: String =
        whole.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
    (!whole.is_empty()).then_some(whole)
}
