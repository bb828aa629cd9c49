//! Short numbers, texts that came in, and links.

use super::{Store, at, conflict, store};
use crate::storage::subject::on_every_driver;
use dutyline::domain::access::TokenHash;
use dutyline::domain::alerting::actor::{Channel, Who};
use dutyline::domain::alerting::alert::{Acknowledged, Alert, Closed};
use dutyline::domain::alerting::change::Change;
use dutyline::domain::alerting::reply::Deed;
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::delivery::ledger::{Entry, Intent, VendorName};
use dutyline::domain::delivery::{Notification, Purpose};
use dutyline::domain::directory::device::Device;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::ids::{AlertId, NotificationId};
use dutyline::domain::retention::Forgettable;
use dutyline::ports::answers::{AnswerLink, AnswerStore, AnsweredText, ReplyCode, Texter, TexterChange};
use dutyline::ports::deliveries::DeliveryStore;
use dutyline::ports::store::{AlertStore, RetentionStore};

on_every_driver! {
    store;
    a_short_number_is_one_phone_s_and_its_alert_s_until_that_ends
    a_short_number_that_another_has_taken_meanwhile_is_not_taken_from_it
    what_a_phone_was_told_of_alone_or_with_others_is_known
    whether_the_latest_text_was_about_several_alerts_is_known
    a_text_is_written_once_with_what_was_answered
    what_a_phone_wants_is_remembered
    a_phone_that_takes_texts_is_forgotten
    a_link_is_used_once_for_each_thing
    numbers_and_links_go_with_their_alert
}

fn ben() -> PhoneNumber {
    PhoneNumber::parse("+15550102").unwrap()
}

/// The number of an alert that is open, told at that second, after that many steps.
fn code(code: u32, alert: &Alert, seconds: i64, steps: u32) -> ReplyCode {
    ReplyCode { code, alert: alert.id, told_at: at(seconds), steps, is_open: true }
}

impl Store {
    async fn opened(&self, carrier_call: &str) -> Alert {
        self.alerted(carrier_call, at(0), vec![]).await
    }

    async fn close(&self, alert: &Alert) {
        let mut alert = self.store.alert(alert.id).await.unwrap().unwrap().alert;
        let by = Who::Person(PersonId("ben".to_owned()));
        alert.closed = Some(Closed { at: at(6), by, from: Channel::Sms });
        self.store.change(&Change::of(alert)).await.unwrap();
    }

    async fn text(&self, carrier_id: &str, seconds: i64, change: TexterChange) {
        let from = &ben();
        let text = AnsweredText { carrier_id, from, at: at(seconds), answer: None, change };
        self.store.record_text(text).await.unwrap();
    }

    async fn texter(&self) -> Texter {
        self.store.texter(&ben()).await.unwrap()
    }

    /// What is forgotten of that kind, up to that moment.
    async fn forget(&self, kind: Forgettable, seconds: i64) -> Vec<String> {
        RetentionStore::forget(&self.store, kind, at(seconds), at(1_000_000)).await.unwrap()
    }
}

async fn a_short_number_is_one_phone_s_and_its_alert_s_until_that_ends(s: &Store) {
    let (first, second) = (s.opened("CA1").await, s.opened("CA2").await);
    let (one, two) = (code(1, &first, 1, 1), code(2, &second, 2, 1));
    for number in [two, one] {
        s.store.give_reply_code(&ben(), &number, None).await.unwrap();
    }
    assert_eq!(s.store.reply_codes(&ben()).await.unwrap(), [one, two]);
    let other = PhoneNumber::parse("+15550103").unwrap();
    assert_eq!(s.store.reply_codes(&other).await.unwrap(), []);
    let told_again = code(1, &first, 9, 2);
    s.store.give_reply_code(&ben(), &told_again, None).await.unwrap();
    s.close(&second).await;
    assert_eq!(s.store.reply_codes(&ben()).await.unwrap(), [told_again, ReplyCode { is_open: false, ..two }]);
}

async fn a_short_number_that_another_has_taken_meanwhile_is_not_taken_from_it(s: &Store) {
    let (first, second, third) = (s.opened("CA1").await, s.opened("CA2").await, s.opened("CA3").await);
    s.store.give_reply_code(&ben(), &code(1, &first, 1, 1), None).await.unwrap();
    conflict(s.store.give_reply_code(&ben(), &code(1, &second, 2, 1), None).await);
    s.close(&first).await;
    let after_it = code(1, &second, 3, 1);
    s.store.give_reply_code(&ben(), &after_it, Some(first.id)).await.unwrap();
    conflict(s.store.give_reply_code(&ben(), &code(1, &third, 4, 1), Some(first.id)).await);
    // Nor has an alert two numbers on one phone.
    assert!(s.store.give_reply_code(&ben(), &code(2, &second, 5, 1), None).await.is_err());
    assert_eq!(s.store.reply_codes(&ben()).await.unwrap(), [after_it]);
}

impl Store {
    /// A text about that alert to a phone waits to be sent.
    async fn queued(&self, alert: &Alert, phone: &PhoneNumber, person: &str) -> NotificationId {
        let one = Notification {
            id: NotificationId::next(&*self.ids),
            alert: alert.id,
            person: PersonId(person.to_owned()),
            device: Device::Sms(phone.clone()),
            purpose: Purpose::Alert,
            due: at(0),
        };
        let alert = self.store.alert(alert.id).await.unwrap().unwrap().alert;
        self.store.change(&Change { notifications: vec![one.clone()], ..Change::of(alert) }).await.unwrap();
        one.id
    }

    /// A vendor is about to be asked to send it, and those with it.
    async fn begun(&self, id: NotificationId, with: &[NotificationId], seconds: i64) {
        let intent = Intent {
            id,
            attempt: 1,
            vendor: VendorName("carrier".to_owned()),
            at: at(seconds),
            as_of: at(seconds),
            trace: None,
            before: None,
            bundled: with.to_vec(),
            limit: None,
        };
        self.store.begin(&intent).await.unwrap();
    }

    async fn became(&self, id: NotificationId, entry: Entry) {
        let delivery = self.store.delivery(id).await.unwrap().unwrap();
        self.store.heard(&delivery, &entry, None, &[]).await.unwrap();
    }

    /// Of which alerts Ben's phone was told, for whom each.
    async fn told_of(&self, deed: Deed) -> Vec<(AlertId, String)> {
        let told = self.store.told_on(&ben(), deed, 100).await.unwrap();
        told.into_iter().map(|one| (one.alert, one.person.0)).collect()
    }
}

async fn what_a_phone_was_told_of_alone_or_with_others_is_known(s: &Store) {
    let mut alerts = vec![];
    for n in 0..6 {
        alerts.push(s.alerted(&format!("CA{n}"), at(n), vec![]).await);
    }
    let mut texts = vec![];
    for alert in &alerts {
        texts.push(s.queued(alert, &ben(), "ben").await);
    }
    let cleo = PhoneNumber::parse("+15550103").unwrap();
    let elsewhere = s.queued(&alerts[5], &cleo, "cleo").await;
    assert_eq!(s.told_of(Deed::Resolve).await, [], "nothing has gone out");
    s.begun(texts[0], &[], 1).await;
    s.begun(texts[1], &texts[2..4], 2).await;
    s.begun(texts[4], &[], 3).await;
    s.begun(elsewhere, &[], 3).await;
    assert_eq!(s.told_of(Deed::Resolve).await, [], "nobody knows yet whether it has");
    let sent = || Entry::Sent { at: at(4), vendor_ref: None };
    for id in [texts[0], texts[1], elsewhere] {
        s.became(id, sent()).await;
    }
    s.became(texts[4], Entry::Failed { at: at(4), cause: "no such number".to_owned() }).await;
    let of = |n: usize| (alerts[n].id, "ben".to_owned());
    assert_eq!(s.told_of(Deed::Resolve).await, [of(3), of(2), of(1), of(0)], "the newest first");
    let two = s.store.told_on(&ben(), Deed::Acknowledge, 2).await.unwrap();
    assert_eq!(two.iter().map(|one| one.alert).collect::<Vec<_>>(), [alerts[3].id, alerts[2].id]);
    // Whom the last text is for who share a phone.
    let shared = s.queued(&alerts[0], &ben(), "zoe").await;
    s.begun(shared, &[], 5).await;
    s.became(shared, sent()).await;
    assert_eq!(s.told_of(Deed::Resolve).await.pop(), Some((alerts[0].id, "zoe".to_owned())));
    let mut taken = s.store.alert(alerts[2].id).await.unwrap().unwrap().alert;
    let by = Who::Person(PersonId("ben".to_owned()));
    taken.acknowledged = Some(Acknowledged { at: at(6), by, from: Channel::Sms });
    s.store.change(&Change::of(taken)).await.unwrap();
    s.close(&alerts[3]).await;
    let left: Vec<_> = s.told_of(Deed::Acknowledge).await.into_iter().map(|(alert, _)| alert).collect();
    assert_eq!(left, [alerts[1].id, alerts[0].id], "for which that is still to be done");
    assert_eq!(s.told_of(Deed::Resolve).await.len(), 3);
    // A text that never arrived told nobody of anything.
    s.became(texts[1], Entry::Failed { at: at(7), cause: "never arrived".to_owned() }).await;
    assert_eq!(s.told_of(Deed::Resolve).await.len(), 1);
}

async fn whether_the_latest_text_was_about_several_alerts_is_known(s: &Store) {
    let is_bundle = async || s.store.was_last_told_of_several(&ben()).await.unwrap();
    let (first, second) = (s.opened("CA1").await, s.opened("CA2").await);
    assert!(!is_bundle().await);
    let (one, other) = (s.queued(&first, &ben(), "ben").await, s.queued(&second, &ben(), "ben").await);
    s.begun(one, &[other], 1).await;
    assert!(is_bundle().await, "it may have been read before its vendor has answered");
    s.became(one, Entry::Sent { at: at(2), vendor_ref: None }).await;
    assert!(is_bundle().await);
    let third = s.queued(&first, &ben(), "ben").await;
    assert!(is_bundle().await, "one that waits has told nobody");
    s.begun(third, &[], 3).await;
    assert!(!is_bundle().await);
    s.became(third, Entry::Failed { at: at(4), cause: "refused".to_owned() }).await;
    assert!(is_bundle().await, "nor has one that failed");
    let (mine, yours) = (s.queued(&first, &ben(), "ben").await, s.queued(&first, &ben(), "zoe").await);
    s.begun(mine, &[yours], 5).await;
    assert!(!is_bundle().await, "several messages about the same alert are a text about one");
}

async fn a_text_is_written_once_with_what_was_answered(s: &Store) {
    assert_eq!(s.store.answer_to("SM1").await.unwrap(), None);
    let from = &ben();
    let text = |carrier_id, answer| AnsweredText {
        carrier_id,
        from,
        at: at(1),
        answer,
        change: TexterChange::Erred,
    };
    s.store.record_text(text("SM1", Some("Öhm?"))).await.unwrap();
    s.store.record_text(text("SM2", None)).await.unwrap();
    assert_eq!(s.store.answer_to("SM1").await.unwrap(), Some(Some("Öhm?".to_owned())));
    assert_eq!(s.store.answer_to("SM2").await.unwrap(), Some(None));
    conflict(s.store.record_text(text("SM1", None)).await);
    assert_eq!(s.texter().await.errors, 2, "what came twice counts once");
    assert_eq!(s.forget(Forgettable::TextIn, 0).await.len(), 0);
    assert_eq!(s.forget(Forgettable::TextIn, 1).await.len(), 2);
    assert_eq!(s.store.answer_to("SM1").await.unwrap(), None);
}

async fn what_a_phone_wants_is_remembered(s: &Store) {
    assert_eq!(s.texter().await, Texter::default());
    s.text("SM1", 1, TexterChange::Stopped).await;
    s.text("SM2", 2, TexterChange::Stopped).await;
    s.text("SM3", 3, TexterChange::None).await;
    s.text("SM4", 4, TexterChange::Did).await;
    let stopped = Texter { stopped_at: Some(at(1)), errors: 0 };
    assert_eq!(s.texter().await, stopped);
    assert_eq!(s.forget(Forgettable::Texter, 900_000).await.len(), 0, "whoever wants no texts gets none");
    assert_eq!(s.texter().await, stopped);
    s.text("SM5", 5, TexterChange::Started).await;
    assert_eq!(s.texter().await, Texter::default());
}

async fn a_phone_that_takes_texts_is_forgotten(s: &Store) {
    s.text("SM1", 1, TexterChange::Erred).await;
    s.text("SM2", 5, TexterChange::Erred).await;
    assert_eq!(s.texter().await, Texter { stopped_at: None, errors: 2 });
    assert_eq!(s.forget(Forgettable::Texter, 4).await.len(), 0, "its last text counts");
    let gone = s.forget(Forgettable::Texter, 5).await;
    assert_eq!(gone, ["a phone"], "no log is told its number");
    assert_eq!(s.texter().await, Texter::default());
    s.text("SM3", 6, TexterChange::Erred).await;
    s.text("SM4", 7, TexterChange::Did).await;
    assert_eq!(s.forget(Forgettable::Texter, 900_000).await.len(), 0, "it is gone already");
}

async fn a_link_is_used_once_for_each_thing(s: &Store) {
    let alert = s.opened("CA1").await;
    let hash = TokenHash::of("23456789ABCDEFGHJKLMNP");
    assert_eq!(s.store.answer_link(&hash).await.unwrap(), None);
    let person = PersonId("Zoë".to_owned());
    let mut link = AnswerLink { hash, alert: alert.id, person, steps: 3, expires_at: at(9), used: vec![] };
    s.store.add_answer_link(&link).await.unwrap();
    assert_eq!(s.store.answer_link(&hash).await.unwrap().as_ref(), Some(&link));
    for deed in [Deed::Escalate, Deed::Acknowledge, Deed::Resolve] {
        s.store.use_answer_link(&hash, deed, at(4)).await.unwrap();
        link.used.push(deed);
        let mut used = s.store.answer_link(&hash).await.unwrap().unwrap().used;
        used.sort_by_key(|deed| link.used.iter().position(|one| one == deed));
        assert_eq!(used, link.used);
    }
    let nobody_s = TokenHash::of("3456789ABCDEFGHJKLMNPQ");
    s.store.use_answer_link(&nobody_s, Deed::Resolve, at(4)).await.unwrap();
    assert_eq!(s.store.answer_link(&nobody_s).await.unwrap(), None);
}

async fn numbers_and_links_go_with_their_alert(s: &Store) {
    let alert = s.opened("CA1").await;
    let hash = TokenHash::of("23456789ABCDEFGHJKLMNP");
    let person = PersonId("ben".to_owned());
    let link = AnswerLink { hash, alert: alert.id, person, steps: 1, expires_at: at(9), used: vec![] };
    s.store.add_answer_link(&link).await.unwrap();
    s.store.give_reply_code(&ben(), &code(1, &alert, 1, 1), None).await.unwrap();
    s.close(&alert).await;
    assert_eq!(s.forget(Forgettable::ClosedAlert, 7).await, [alert.id.to_string()]);
    assert_eq!(s.store.reply_codes(&ben()).await.unwrap(), []);
    assert_eq!(s.store.answer_link(&hash).await.unwrap(), None);
}
