//! Alerts of every kind, as templates speak of them: what they fail with they must fail with when the settings are read.

use super::Piece;
use crate::domain::alerting::state::AlertState;
use crate::domain::alerting::wording::{BundleLine, BundleWording, Kind, Named, Wording};
use crate::domain::severity::Severity;
use minijinja::Value;
use minijinja::value::Serde;

/// What that template is tried with.
pub(super) fn of(piece: Piece) -> Vec<Value> {
    match piece {
        Piece::Sms
        | Piece::News
        | Piece::NewsSubject
        | Piece::NewsHtml
        | Piece::MailSubject
        | Piece::MailText
        | Piece::MailHtml => alerts(),
        Piece::Bundle => bundles(),
    }
}

/// One with everything, one with nothing, and those between.
fn alerts() -> Vec<Value> {
    let full = Wording {
        person: "Ada Lovelace".to_owned(),
        severity: Severity::Critical,
        kind: Kind::Conference,
        is_event: false,
        is_update: false,
        state: AlertState::Open,
        by: Some("Ben Brook".to_owned()),
        number: 7,
        id: "00000000-0000-0000-0000-000000000001".to_owned(),
        group: Some("Operations".to_owned()),
        team: Some("Plant".to_owned()),
        category: Some("Water".to_owned()),
        caller: Some("Ben Brook".to_owned()),
        caller_number: Some("+15550100".to_owned()),
        title: Some("Pump 3 stands still".to_owned()),
        text: Some("No pressure since 08:58\nand none expected".to_owned()),
        details: vec![Named { name: "Sensor".to_owned(), value: "P3".to_owned() }],
        has_message: true,
        transcript: Some("Pumps are down".to_owned()),
        is_transcript_pending: false,
        seconds: 12,
        recording_link: Some("https://duty.example/l/1".to_owned()),
        recording_ends_at: Some("2026-02-04 09:00 UTC".to_owned()),
        bridge_number: Some("+15550190".to_owned()),
        bridge_code: Some("4711#".to_owned()),
        map_link: Some("https://map.example/".to_owned()),
        opened_at: "2026-01-05 09:00 UTC".to_owned(),
        answer_link: Some("https://duty.example/a/1".to_owned()),
        reply_code: Some(3),
    };
    let bare = Wording {
        by: None,
        group: None,
        team: None,
        category: None,
        caller: None,
        caller_number: None,
        title: None,
        text: None,
        details: vec![],
        has_message: false,
        transcript: None,
        seconds: 0,
        recording_link: None,
        recording_ends_at: None,
        bridge_number: None,
        bridge_code: None,
        map_link: None,
        answer_link: None,
        reply_code: None,
        ..full.clone()
    };
    let pending =
        Wording { has_message: true, is_transcript_pending: true, transcript: None, ..full.clone() };
    let mut all = vec![pending, Wording { is_update: true, ..full.clone() }];
    for state in AlertState::ALL {
        all.push(Wording { state, ..full.clone() });
        all.push(Wording { state, ..bare.clone() });
    }
    for kind in [Kind::Alert, Kind::Conference, Kind::MissedCall] {
        for severity in Severity::ALL {
            for is_event in [false, true] {
                all.push(Wording { severity, kind, is_event, ..full.clone() });
                all.push(Wording { severity, kind, is_event, ..bare.clone() });
            }
        }
    }
    // As much as an event can say.
    let detail = Named { name: "x".repeat(50), value: "y".repeat(500) };
    all.push(Wording { details: vec![detail; super::super::MOST_DETAILS], ..full });
    all.into_iter().map(|one| Value::from(Serde(one))).collect()
}

fn bundles() -> Vec<Value> {
    let line = |severity| BundleLine { number: 7, severity, what: None, caller: None };
    let named = BundleLine {
        what: Some("Pump 3 stands still".to_owned()),
        caller: Some("PRTG".to_owned()),
        ..line(Severity::Low)
    };
    let called = BundleLine { caller: Some("Ben Brook".to_owned()), ..line(Severity::High) };
    let all = Severity::ALL.map(line).into_iter().chain([named.clone(), called]).collect();
    let many = BundleWording { count: 40, more: 33, lines: all, is_answered: true };
    let few = BundleWording { count: 1, more: 0, lines: vec![named], is_answered: false };
    [many, few].into_iter().map(|one| Value::from(Serde(one))).collect()
}
