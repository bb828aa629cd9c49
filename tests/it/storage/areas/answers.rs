//! Short numbers, texts that came in, and links.

use super::{Store, at, conflict, store};
use crate::storage::subject::on_every_driver;
use dutyline::domain::access::TokenHash;
use dutyline::domain::alerting::actor::{Channel, Who};
use dutyline::domain::alerting::alert::{Alert, Closed};
use dutyline::domain::alerting::change::Change;
use dutyline::domain::alerting::reply::Deed;
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::retention::Forgettable;
use dutyline::ports::answers::{AnswerLink, AnswerStore, AnsweredText, ReplyCode, Texter, TexterChange};
use dutyline::ports::store::{AlertStore, RetentionStore};

on_every_driver! {
    store;
    a_short_number_is_one_phone_s_and_its_alert_s_until_that_ends
    a_short_number_that_another_has_taken_meanwhile_is_not_taken_from_it
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
