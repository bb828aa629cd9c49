//! A search for who is on call: from group to group inside it, and to their people.

use super::super::{answers, look_up};
use super::ask_group;
use crate::app::App;
use crate::app::lookups::Elsewhere;
use crate::domain::directory::Directory;
use crate::domain::directory::elsewhere::merge::Known;
use crate::domain::directory::elsewhere::on_call::{GroupOnCall, KeptOnCall};
use crate::domain::directory::elsewhere::{Entry, Kept};
use crate::domain::directory::group::GroupName;
use crate::domain::directory::person::PersonId;
use crate::ports::error::{StoreError, VendorError};
use crate::settings;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

/// How far from now a moment may be to be asked about as now.
const NOW: SignedDuration = SignedDuration::from_mins(1);

/// Groups that are come upon in one search. Whatever is beyond stays unknown.
const MOST_GROUPS: usize = 200;

/// What is asked about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Group(GroupName),
    Person(PersonId),
}

/// What was answered.
enum Found {
    Group(GroupName, Result<Option<GroupOnCall>, VendorError>),
    Person(PersonId, Result<Entry, VendorError>),
}

/// A search under way.
pub(super) struct Search<'a> {
    app: &'a App,
    elsewhere: &'a Elsewhere,
    rules: &'a settings::Elsewhere,
    directory: &'a Directory,
    at: Timestamp,
    now: Timestamp,
    /// What was said before.
    kept_groups: BTreeMap<GroupName, KeptOnCall>,
    kept_people: BTreeMap<PersonId, Kept>,
    /// Whether what ages is asked about before it is needed.
    renews: bool,
    /// What has been come upon.
    met_groups: BTreeSet<GroupName>,
    met_people: BTreeSet<PersonId>,
    /// What of it is still to be looked at.
    ahead: Vec<Subject>,
    /// What was asked about and is not answered.
    open: BTreeSet<Subject>,
    known: Known,
}

impl<'a> Search<'a> {
    /// One that has come upon nothing yet.
    pub(super) async fn new(
        app: &'a App,
        elsewhere: &'a Elsewhere,
        rules: &'a settings::Elsewhere,
        directory: &'a Directory,
        at: Timestamp,
    ) -> Self {
        let kept_groups = app.directory.on_call_answers(elsewhere.people.place()).await;
        let kept_groups: Vec<_> = kept_groups.unwrap_or_else(|error| unreadable(&error));
        let kept_people = answers(app, elsewhere).await;
        Self {
            app,
            elsewhere,
            rules,
            directory,
            at,
            now: app.clock.now(),
            kept_groups: kept_groups.into_iter().map(|kept| (kept.group.clone(), kept)).collect(),
            kept_people: kept_people.unwrap_or_else(|error| unreadable(&error)),
            renews: false,
            met_groups: BTreeSet::new(),
            met_people: BTreeSet::new(),
            ahead: vec![],
            open: BTreeSet::new(),
            known: Known::default(),
        }
    }

    /// The same, which also asks about what ages.
    pub(super) fn renewing(self) -> Self {
        Self { renews: true, ..self }
    }

    /// What has been found out.
    pub(super) fn known(self) -> Known {
        self.known
    }

    /// These are to be looked at, unless they were come upon before.
    pub(super) fn come_upon(&mut self, groups: impl IntoIterator<Item = GroupName>) {
        for group in groups {
            if self.met_groups.len() < MOST_GROUPS && self.met_groups.insert(group.clone()) {
                self.ahead.push(Subject::Group(group));
            }
        }
    }

    /// Goes on until all that is come upon is answered, by what is kept or by the other directory.
    pub(super) async fn ask(&mut self) {
        let mut asked = FuturesUnordered::new();
        loop {
            while let Some(subject) = self.ahead.pop() {
                if self.is_kept_freshly(&subject) {
                    self.take_kept(subject);
                } else {
                    asked.push(self.question(&subject));
                    self.open.insert(subject);
                }
            }
            match asked.next().await {
                None => return,
                Some(Found::Group(name, answer)) => {
                    let subject = Subject::Group(name.clone());
                    self.open.remove(&subject);
                    match answer {
                        Ok(answer) => self.learn_group(name, answer),
                        Err(_) => self.take_kept(subject),
                    }
                }
                Some(Found::Person(id, answer)) => {
                    let subject = Subject::Person(id.clone());
                    self.open.remove(&subject);
                    match answer {
                        Ok(entry) => self.learn_person(id, entry),
                        Err(_) => self.take_kept(subject),
                    }
                }
            }
        }
    }

    /// Answers by what is kept whatever is not answered, without asking any more.
    pub(super) fn make_do(&mut self) {
        self.ahead.extend(std::mem::take(&mut self.open));
        while let Some(subject) = self.ahead.pop() {
            self.take_kept(subject);
        }
    }

    /// Whether it is asked about as it is now, so that what was said a while ago counts.
    fn is_now(&self) -> bool {
        self.at.duration_since(self.now).abs() <= NOW
    }

    fn is_kept_freshly(&self, subject: &Subject) -> bool {
        let ages = self.rules.ages;
        let is_fresh = |answered| {
            ages.is_fresh(answered, self.now) && !(self.renews && ages.is_ageing(answered, self.now))
        };
        match subject {
            Subject::Group(name) => self.kept_groups.get(name).is_some_and(|kept| {
                let is_over = kept.answer.as_ref().is_some_and(|answer| answer.is_over(self.now));
                self.is_now() && is_fresh(kept.at) && !is_over
            }),
            Subject::Person(id) => self.kept_people.get(id).is_some_and(|kept| is_fresh(kept.at)),
        }
    }

    /// Takes what was said of it before, if that still counts.
    fn take_kept(&mut self, subject: Subject) {
        let is_usable = |answered| self.rules.ages.is_usable(answered, self.now);
        match subject {
            Subject::Group(name) => {
                let kept = self.kept_groups.get(&name).filter(|kept| self.is_now() && is_usable(kept.at));
                if let Some(answer) = kept.map(|kept| kept.answer.clone()) {
                    self.learn_group(name, answer);
                }
            }
            Subject::Person(id) => {
                let kept = self.kept_people.get(&id).filter(|kept| is_usable(kept.at));
                if let Some(entry) = kept.map(|kept| kept.entry.clone()) {
                    self.learn_person(id, entry);
                }
            }
        }
    }

    fn learn_person(&mut self, id: PersonId, entry: Entry) {
        self.known.people.insert(id, entry);
    }

    /// Takes an answer, and comes upon what it leads to. Whoever is in our own directory need not be asked about.
    fn learn_group(&mut self, name: GroupName, answer: Option<GroupOnCall>) {
        if let Some(answer) = &answer {
            let inside = answer.groups();
            let theirs = inside
                .filter(|name| self.rules.groups.contains(name) || self.directory.group(name).is_none());
            self.come_upon(theirs.cloned().collect::<Vec<_>>());
            for id in answer.people(self.at) {
                if self.directory.person(id).is_none() && self.met_people.insert(id.clone()) {
                    self.ahead.push(Subject::Person(id.clone()));
                }
            }
        }
        self.known.groups.insert(name, answer);
    }

    fn question(&self, subject: &Subject) -> BoxFuture<'static, Found> {
        match subject {
            Subject::Group(name) => {
                let at = (!self.is_now()).then_some(self.at);
                let (name, answer) = (name.clone(), ask_group(self.app, self.elsewhere, name, at));
                Box::pin(async move { Found::Group(name, answer.await) })
            }
            Subject::Person(id) => {
                let (id, answer) = (id.clone(), look_up(self.app, self.elsewhere, id));
                Box::pin(async move { Found::Person(id, answer.await) })
            }
        }
    }
}

/// Nothing is known, because it can't be read.
fn unreadable<T: Default>(error: &StoreError) -> T {
    tracing::error!(error = error as &dyn Error, "what is known of who is on call can't be read");
    T::default()
}
