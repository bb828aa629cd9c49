//! Who needs not be told any more, since an alert changes: phones stop ringing, and messages are not sent.

use crate::app::App;
use crate::domain::alerting::change::Change;
use crate::domain::alerting::log::Happened;
use crate::domain::alerting::standing::Standing;
use crate::domain::delivery::Purpose;
use crate::domain::delivery::ledger::{Delivery, DeliveryState, Dropped, Entry};
use crate::domain::effect::Effect;
use crate::domain::voice::ring::{Ring, RingState};
use crate::ports::error::StoreError;

/// What a change means for phones that ring about its alert, and for messages about it that wait, is added to it. Whoever
/// has a phone rung at the same moment looks once more when it rings.
pub(super) async fn spare(app: &App, change: &mut Change) -> Result<(), StoreError> {
    if !change.log.iter().any(|entry| may_spare(&entry.what)) {
        return Ok(());
    }
    let now = app.clock.now();
    let standing = Standing::of(&change.alert);
    let is_spared = |ring: &Ring| {
        standing.drops(&ring.person, Purpose::Alert, now).is_some()
            || change.passed_on_by.as_ref() == Some(&ring.person)
    };
    let mut rings = app.rings.rings_under_way().await?;
    rings.retain(|ring| ring.alert == change.alert.id && ring.state == RingState::Ringing && is_spared(ring));
    change.effects.extend(rings.iter().map(|ring| Effect::ReleaseRing(ring.id).at(now)));
    let Some(person) = &change.passed_on_by else { return Ok(()) };
    let mut waiting = app.deliveries.deliveries_of(change.alert.id).await?;
    waiting.retain(|one| {
        let to = &one.notification;
        one.state == DeliveryState::Waiting && to.purpose == Purpose::Alert && to.person == *person
    });
    for Delivery { notification: one, .. } in waiting {
        let why = Dropped::PassedOn;
        let (person, by) = (one.person.0, one.device.kind().word().to_owned());
        change.note(now, Happened::Dropped { person, by, why: why.words() });
        change.deliveries.push((one.id, Entry::Dropped { at: now, why }));
    }
    Ok(())
}

/// Whether somebody may be spared by that.
const fn may_spare(what: &Happened) -> bool {
    matches!(
        what,
        Happened::Acknowledged { .. }
            | Happened::AcknowledgedInPart { .. }
            | Happened::Resolved { .. }
            | Happened::Snoozed { .. }
            | Happened::EscalationAsked { .. }
    )
}
