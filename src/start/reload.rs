//! Settings that are read again while the program runs.

use super::Source;
use crate::app::{Live, Reload};
use crate::domain::contact::PhoneNumber;
use crate::settings::{Access, Loaded, Settings, SmsVendor};
use arc_swap::ArcSwap;
use std::sync::Arc;

/// What puts new settings in force: they are checked first, then swapped whole. What was built from the old ones
/// stays until a restart, and is named.
pub(super) fn reloader(live: Arc<ArcSwap<Live>>, started: Settings, source: Source) -> Reload {
    Arc::new(move || {
        let Loaded { settings: mut new, phrases, warnings } =
            source.load().map_err(|problems| problems.report("nothing was changed"))?;
        for warning in &warnings {
            tracing::warn!("{warning}");
        }
        let old = &started;
        let sections = [
            ("server", old.server != new.server),
            ("store", old.store != new.store),
            ("log", old.log != new.log),
            (
                "carrier",
                old.carrier.account_sid != new.carrier.account_sid
                    || old.carrier.auth_token != new.carrier.auth_token
                    || old.carrier.api_key != new.carrier.api_key
                    || old.carrier.api_url != new.carrier.api_url
                    || old.carrier.number != new.carrier.number
                    || old.carrier.conferences != new.carrier.conferences,
            ),
            ("xmatters", old.xmatters != new.xmatters),
            ("transcriber", old.transcriber != new.transcriber),
            ("links", old.links != new.links),
            ("mail", old.mail != new.mail),
            ("forward", old.forwards != new.forwards),
            ("alerting.private_devices", old.alerting != new.alerting),
            ("webhook", old.webhooks != new.webhooks),
            ("sms", transmitted(old) != transmitted(&new)),
            ("limits", old.limits != new.limits),
            ("exchange", old.exchange != new.exchange),
        ];
        // Whoever was not there at the start can't be asked yet.
        if old.xmatters.is_none() && new.voice.access == Access::Elsewhere {
            new.voice.access = old.voice.access;
        }
        // Whom alerts are passed on to changes with a restart only, and so does what calls say of it.
        new.menu.forwards.clone_from(&old.menu.forwards);
        // And so do the programs that are told of alerts.
        new.webhooks.clone_from(&old.webhooks);
        // Who makes the texts changes with a restart only, and so does whom calls ask for them.
        new.menu.carrier_transcribes = old.menu.carrier_transcribes;
        // What the carrier can do is asked at the start.
        new.menu.has_conferences = old.menu.has_conferences;
        new.menu.hunt.whole_levels &= old.menu.has_conferences;
        live.store(Arc::new(Live { settings: new, phrases }));
        let restart: Vec<_> =
            sections.into_iter().filter_map(|(name, changed)| changed.then_some(name)).collect();
        tracing::info!(needs_restart = ?restart, "settings reloaded");
        Ok(restart)
    })
}

/// How text messages go out; how many, and what is done with answers, is read anew.
fn transmitted(settings: &Settings) -> Option<(&PhoneNumber, &[SmsVendor])> {
    settings.sms.as_ref().map(|sms| (&sms.from, &*sms.vendors))
}
