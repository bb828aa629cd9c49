//! Calls, their documents and their recordings.

use super::{Store, ada, at, choosing, conflict, ended, recording_of, store, turn};
use crate::storage::subject::on_every_driver;
use dutyline::domain::alerting::log::{Happened, LogEntry, Release};
use dutyline::domain::effect::Effect;
use dutyline::domain::ids::{CallId, LegId, RecordingId};
use dutyline::domain::voice::call::Call;
use dutyline::domain::voice::recording::{DraftStatus, Transcribed, Transcript};
use dutyline::domain::voice::step::{Turn, VoiceChange};
use dutyline::ports::store::{AlertStore, CallStore, Outbox, RecordedTurn};
use futures_util::future::join_all;
use std::collections::BTreeSet;

on_every_driver! {
    store;
    a_call_comes_back_as_it_was_written
    of_two_turns_from_one_version_one_stands
    a_call_is_announced_once
    a_document_is_answered_once
    what_is_beside_the_line_has_no_reply
    due_calls_are_claimed_once_and_by_lease
    a_turn_stands_as_a_whole_or_not_at_all
    a_recording_goes_from_draft_to_text
    recordings_come_oldest_first
    words_of_every_script_come_back
}

async fn a_call_comes_back_as_it_was_written(s: &Store) {
    let call = s.call("CA1", Some(at(60))).await;
    let Call { id, carrier_call, leg, caller, state, version, document, started_at, due_at } = call.clone();
    assert_eq!((carrier_call.as_str(), version, document), ("CA1", 1, 1));
    assert_eq!((caller, state), (Some(ada()), choosing()));
    assert_eq!((started_at, due_at), (at(0), Some(at(60))));
    assert_eq!(s.store.by_carrier("CA1").await.unwrap(), Some(call));
    assert_eq!(s.store.by_carrier("CA2").await.unwrap(), None);
    assert_eq!(s.store.call(CallId::next(&*s.ids)).await.unwrap(), None);
    assert_eq!(s.store.reply(leg, 0).await.unwrap().as_deref(), Some("<Response/>"));
    assert_eq!(s.store.reply(leg, 1).await.unwrap(), None);
    assert_eq!(s.store.call(id).await.unwrap().unwrap().leg, leg);
}

async fn of_two_turns_from_one_version_one_stands(s: &Store) {
    let call = s.call("CA1", None).await;
    let end = turn(ended());
    let both = join_all(["one", "other"].map(|reply| s.take(&call, &end, Some(reply)))).await;
    let stands = both.iter().position(Result::is_ok).unwrap();
    let [one, other]: [_; 2] = both.try_into().unwrap();
    conflict(if stands == 0 { other } else { one });
    let now = s.store.call(call.id).await.unwrap().unwrap();
    assert_eq!((now.version, now.document, now.state), (2, 2, ended()));
    let reply = s.store.reply(call.leg, 1).await.unwrap();
    assert_eq!(reply.as_deref(), Some(["one", "other"][stands]));
    conflict(s.take(&call, &end, None).await);
}

async fn a_call_is_announced_once(s: &Store) {
    let announced = || Call::announced(CallId::next(&*s.ids), LegId::next(&*s.ids), "CA1".to_owned(), at(0));
    let calls: Vec<_> = std::iter::repeat_with(announced).take(8).collect();
    let first = turn(choosing());
    let answers = join_all(calls.iter().map(|call| s.take(call, &first, Some("<Response/>")))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    for answer in answers.into_iter().filter(Result::is_err) {
        conflict(answer);
    }
    let known = s.store.by_carrier("CA1").await.unwrap().unwrap();
    for call in calls.iter().filter(|call| call.id != known.id) {
        assert_eq!(s.store.reply(call.leg, 0).await.unwrap(), None, "nothing remains of the others");
    }
}

async fn a_document_is_answered_once(s: &Store) {
    let call = s.call("CA1", None).await;
    s.take(&call, &turn(choosing()), Some("second")).await.unwrap();
    let now = s.store.call(call.id).await.unwrap().unwrap();
    let stale = Call { document: 1, ..now };
    conflict(s.take(&stale, &turn(choosing()), Some("again")).await);
    assert_eq!(s.store.reply(call.leg, 1).await.unwrap().as_deref(), Some("second"));
}

async fn what_is_beside_the_line_has_no_reply(s: &Store) {
    let call = s.call("CA1", Some(at(60))).await;
    s.take(&call, &turn(ended()), None).await.unwrap();
    let now = s.store.call(call.id).await.unwrap().unwrap();
    assert_eq!((now.version, now.document, now.due_at), (2, 1, None));
    assert_eq!(now.caller, Some(ada()), "who calls is told once");
}

async fn due_calls_are_claimed_once_and_by_lease(s: &Store) {
    let mut due = BTreeSet::new();
    for n in 0..20 {
        due.insert(s.call(&format!("due {n}"), Some(at(n))).await.id);
        s.call(&format!("later {n}"), Some(at(1000 + n))).await;
        s.call(&format!("never {n}"), None).await;
    }
    let claims = join_all((0..8).map(|_| s.store.claim_due(at(100), at(200), 5))).await;
    let claimed: Vec<_> = claims.into_iter().flat_map(Result::unwrap).collect();
    let rest = s.store.claim_due(at(100), at(200), 100).await.unwrap();
    let all: BTreeSet<_> = claimed.iter().chain(&rest).copied().collect();
    assert_eq!((all.len(), claimed.len() + rest.len()), (20, 20), "each once");
    assert_eq!(all, due);
    assert_eq!(s.store.claim_due(at(199), at(300), 100).await.unwrap(), []);
    assert_eq!(s.store.claim_due(at(200), at(300), 100).await.unwrap().len(), 20, "the lease has ended");
}

async fn a_turn_stands_as_a_whole_or_not_at_all(s: &Store) {
    let call = s.call("CA1", None).await;
    let recording = s.recording(&call, at(1));
    let alert = s.alert(&recording, at(2));
    let opens = Turn {
        changes: vec![
            VoiceChange::Drafted(Box::new(recording.clone())),
            VoiceChange::Opened(Box::new(alert.clone()), Release::Confirmed),
        ],
        effects: vec![Effect::AnnounceAlert(alert.id).at(at(2))],
        ..turn(ended())
    };
    let stale = Call { version: 7, ..call.clone() };
    conflict(s.take(&stale, &opens, Some("<Response/>")).await);
    assert_eq!(s.store.recording(recording.id).await.unwrap(), None);
    assert_eq!(s.store.alert(alert.id).await.unwrap(), None);
    assert_eq!(s.store.count().await.unwrap().waiting, 0);
    assert_eq!(s.store.reply(call.leg, 1).await.unwrap(), None);
    s.take(&call, &opens, Some("<Response/>")).await.unwrap();
    assert_eq!(s.store.alert(alert.id).await.unwrap().unwrap().alert, alert);
    assert_eq!(s.store.count().await.unwrap().waiting, 1);
}

async fn a_recording_goes_from_draft_to_text(s: &Store) {
    let call = s.call("CA1", None).await;
    let recording = s.recording(&call, at(1));
    let drafted =
        Turn { changes: vec![VoiceChange::Drafted(Box::new(recording.clone()))], ..turn(choosing()) };
    s.take(&call, &drafted, Some("<Response/>")).await.unwrap();
    assert_eq!(s.store.recording(recording.id).await.unwrap(), Some(recording.clone()));
    let text = Transcribed {
        recording: recording.id,
        transcript: Transcript::Text("Zwölf Pumpen".to_owned()),
        log: None,
        effects: vec![],
        let_go: None,
    };
    let call = s.store.call(call.id).await.unwrap().unwrap();
    let beside = turn(choosing());
    let with_turn = Some(RecordedTurn { call: &call, turn: &beside, reply: None, hooks: &[] });
    s.store.record_text(&text, with_turn).await.unwrap();
    conflict(s.store.record_text(&text, with_turn).await);
    let found = s.store.recording(recording.id).await.unwrap().unwrap();
    assert_eq!(found.transcript, Transcript::Text("Zwölf Pumpen".to_owned()));
    let call = s.store.call(call.id).await.unwrap().unwrap();
    let dropped = Turn { changes: vec![VoiceChange::Discarded(recording.id)], ..turn(choosing()) };
    s.take(&call, &dropped, None).await.unwrap();
    let found = s.store.recording(recording.id).await.unwrap().unwrap();
    assert_eq!(found.status, DraftStatus::Discarded);
    let call = s.store.call(call.id).await.unwrap().unwrap();
    conflict(s.take(&call, &dropped, None).await);
    assert_eq!(s.store.recording(RecordingId::next(&*s.ids)).await.unwrap(), None);
}

async fn recordings_come_oldest_first(s: &Store) {
    let (call, other) = (s.call("CA1", None).await, s.call("CA2", None).await);
    let (late, early, elsewhere) =
        (s.recording(&call, at(9)), s.recording(&call, at(3)), s.recording(&other, at(1)));
    let drafted = |one| VoiceChange::Drafted(Box::new(one));
    let two = Turn { changes: vec![drafted(late.clone()), drafted(early.clone())], ..turn(choosing()) };
    s.take(&call, &two, None).await.unwrap();
    let one = Turn { changes: vec![drafted(elsewhere)], ..turn(choosing()) };
    s.take(&other, &one, None).await.unwrap();
    assert_eq!(s.store.recordings(call.id).await.unwrap(), [early, late]);
}

async fn words_of_every_script_come_back(s: &Store) {
    let alert = s.alerted("CA1", at(5), vec![]).await;
    let words = "日本語 – Ωμέγα – \u{1F6A8} – 'it''s' \"$1\" \\ \u{200F}عربي\r\n\t";
    let entry = LogEntry { at: at(6), what: Happened::TextArrived };
    let text = Transcribed {
        recording: recording_of(&alert),
        transcript: Transcript::Text(words.to_owned()),
        log: Some((alert.id, entry.clone())),
        effects: vec![Effect::AnnounceText(alert.id).at(at(6))],
        let_go: Some((alert.id, at(6))),
    };
    s.store.record_text(&text, None).await.unwrap();
    let story = s.store.alert(alert.id).await.unwrap().unwrap();
    assert_eq!(story.text(), Some(words));
    assert_eq!(story.log.last(), Some(&entry));
    assert_eq!(s.store.count().await.unwrap().waiting, 1);
}
