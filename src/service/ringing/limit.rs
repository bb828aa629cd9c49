//! How often one number is rung about alerts, and whose turn it is: by the same rules as texts, but one after another.

use crate::app::App;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::contact::PhoneNumber;
use crate::domain::delivery::ledger::Delivery;
use crate::domain::delivery::throttle::{self, Begun, Rules, Waiting, window};
use crate::ports::error::StoreError;
use crate::service::ledger::{self, LOOKED_AT};
use jiff::Timestamp;

/// Whether a phone is rung now.
pub(super) enum Turn {
    /// It is.
    Now,
    /// Others go first, and may turn out to be needed no more.
    Soon,
    /// It has been rung as often as it may, until then.
    Wait(Timestamp),
}

/// Whether it is the turn of that message to ring that number.
pub(super) async fn turn(
    app: &App,
    delivery: &Delivery,
    story: &AlertStory,
    number: &PhoneNumber,
    now: Timestamp,
) -> Result<Turn, StoreError> {
    let most = app.live().settings.carrier.calls_per_number;
    // Nobody listens to several alerts read out as one: each call is about its own.
    let rules = Rules { most, bundle_above: u32::MAX };
    let begun = app.rings.rung(number, window(now)).await?;
    let begun: Vec<Begun> = begun.iter().map(ledger::known_begun).collect();
    let (one, own) = (&delivery.notification, ledger::own(delivery, story));
    let others = if throttle::is_full(&own, &begun, rules) {
        vec![]
    } else {
        ledger::others(app, &one.device, one.id, LOOKED_AT, now).await?
    };
    let mut waiting: Vec<Waiting> = others.iter().map(|other| ledger::known(other, now)).collect();
    waiting.push(own);
    Ok(match throttle::turn(one.id, &waiting, &begun, rules, now) {
        throttle::Turn::Now { .. } => Turn::Now,
        throttle::Turn::Wait(_) if !others.is_empty() => Turn::Soon,
        throttle::Turn::Wait(until) => Turn::Wait(until),
    })
}
