//! How much a device is sent, and what of a change has to wait for that.

use crate::app::App;
use crate::domain::alerting::announce;
use crate::domain::alerting::change::Change;
use crate::domain::alerting::team::TeamName;
use crate::domain::delivery::ledger::Entry;
use crate::domain::delivery::throttle::Rules;
use crate::domain::directory::device::DeviceKind;
use crate::domain::ids::AlertId;
use crate::domain::severity::Severity;

/// How much a device of that kind is sent; `None`: everything.
pub(super) fn rules(app: &App, kind: DeviceKind) -> Option<Rules> {
    let live = app.live();
    match kind {
        DeviceKind::Sms => live
            .settings
            .sms
            .as_ref()
            .map(|sms| Rules { most: sms.per_number, bundle_above: sms.bundle_above }),
        DeviceKind::Voice | DeviceKind::Email | DeviceKind::Webhook => None,
    }
}

/// What a message is about, as far as floods go: the team, or an alert that is no team's.
pub(super) fn topic(team: Option<&TeamName>, alert: AlertId) -> String {
    team.map_or_else(|| alert.to_string(), |team| team.0.clone())
}

/// Messages for which there is known to be no place are written as such at once, and nobody looks at them before there is.
pub(super) fn put_off(app: &App, change: &mut Change) {
    if change.alert.severity == Severity::Critical {
        return;
    }
    let now = app.clock.now();
    let topic = topic(change.alert.team.as_ref(), change.alert.id);
    for one in &change.notifications {
        let kind = one.device.kind();
        let Some(until) = rules(app, kind).and_then(|rules| app.shut.until(&one.device, &topic, rules, now))
        else {
            continue;
        };
        let sending = announce::sending(one);
        let effect = change.effects.iter_mut().find(|due| due.effect == sending && !due.is_held);
        if let Some(effect) = effect.filter(|effect| effect.due < until) {
            effect.due = until;
            change.deliveries.push((one.id, Entry::Throttled { until }));
            metrics::counter!("dutyline_deliveries_throttled_total", "kind" => kind.word()).increment(1);
        }
    }
}
