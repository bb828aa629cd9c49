//! The carrier: whether it knows us, and whether our number leads here.

use super::{PATIENCE, Verdict, failed};
use crate::app::App;
use crate::domain::contact::PhoneNumber;
use crate::ports::error::VendorError;
use crate::ports::telephony::{NumberAtCarrier, Telephony, Webhook};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// What the carrier says of our number. It is asked once for all who want to know.
pub(super) type OurNumber = Shared<BoxFuture<'static, Found>>;

type Found = Result<Option<NumberAtCarrier>, VendorError>;

/// How long a look at a number may take: a little less than each probe, so that one line says so and no other.
const LONGEST: Duration = PATIENCE.saturating_sub(Duration::from_millis(500));

const NOT_KNOWN: &str = "how the number is set up is not known";

const MUST_READ: &str = "the key must be allowed to read the account's phone numbers";

pub(super) fn look_up(app: &App) -> OurNumber {
    let number = app.live().settings.carrier.number.clone();
    found(app.telephony.clone(), number).boxed().shared()
}

async fn found(carrier: Arc<dyn Telephony>, number: PhoneNumber) -> Found {
    match timeout(LONGEST, carrier.number(&number)).await {
        Ok(found) => found,
        Err(_elapsed) => Err(VendorError::temporary("the carrier did not answer in time")),
    }
}

/// Whether the carrier knows us. It, too, is asked once.
pub(super) type OurLogin = Shared<BoxFuture<'static, Result<(), VendorError>>>;

pub(super) fn log_in(app: &App) -> OurLogin {
    let carrier = app.telephony.clone();
    let known = async move {
        let silent = |_elapsed| VendorError::temporary("the carrier did not answer in time");
        timeout(LONGEST, carrier.probe()).await.map_err(silent)?
    };
    known.boxed().shared()
}

pub(super) async fn login(app: App, ours: OurLogin) -> Verdict {
    let by = match &app.live().settings.carrier.api_key {
        Some(_) => "carrier.api_key opens the API",
        None => "carrier.auth_token opens the API",
    };
    match ours.await {
        Ok(()) => Verdict::ok(by),
        Err(error) => {
            failed(&error, "compare carrier.account_sid, what proves it and carrier.api_url with the console")
        }
    }
}

pub(super) async fn number(login: OurLogin, ours: OurNumber) -> Verdict {
    match ours.await {
        Ok(Some(number)) if number.calls => {
            Verdict::ok("carrier.number belongs to the account and takes calls")
        }
        Ok(Some(_)) => Verdict::failed(
            "carrier.number takes no calls",
            "set it up for voice in the carrier's console, or take a number that can",
        ),
        Ok(None) => Verdict::failed(
            "carrier.number is no number of the account",
            "compare carrier.number and carrier.account_sid with the carrier's console",
        ),
        Err(_) if login.await.is_err() => Verdict::skipped("the carrier does not let us in"),
        Err(error) => failed(&error, MUST_READ),
    }
}

pub(super) async fn voice_url(app: App, ours: OurNumber) -> Verdict {
    let Ok(Some(number)) = ours.await else { return Verdict::skipped(NOT_KNOWN) };
    if let Some(instead) = number.instead {
        let cause = format!("the number's calls go to {instead}, and its Voice URL is not used");
        let remedy = "set the number to webhooks in the carrier's console, in place of it";
        return Verdict::failed(cause, remedy);
    }
    leads_to("Voice URL", &number.voice, &app, "voice")
}

pub(super) async fn status_callback(app: App, ours: OurNumber) -> Verdict {
    let Ok(Some(number)) = ours.await else { return Verdict::skipped(NOT_KNOWN) };
    leads_to("status callback", &number.status, &app, "voice/status")
}

pub(super) async fn texts(app: App, ours: OurNumber) -> Verdict {
    let live = app.live();
    let Some(sms) = &live.settings.sms else { return Verdict::skipped("sms.enabled is false") };
    let is_ours = sms.from == live.settings.carrier.number;
    let (key, found) = if is_ours {
        ("carrier.number", ours.await)
    } else {
        ("sms.from", found(app.telephony.clone(), sms.from.clone()).await)
    };
    match found {
        Ok(Some(number)) if number.texts => {
            Verdict::ok(format!("{key} belongs to the account and sends texts"))
        }
        Ok(Some(_)) => Verdict::failed(
            format!("{key} sends no texts"),
            "give sms.from, a number of the account that can, or set sms.enabled to false",
        ),
        Ok(None) | Err(_) if is_ours => Verdict::skipped(NOT_KNOWN),
        Ok(None) => Verdict::failed(
            "sms.from is no number of the account",
            "compare sms.from and carrier.account_sid with the carrier's console",
        ),
        Err(error) => failed(&error, MUST_READ),
    }
}

/// Whether what people write back comes here.
pub(super) async fn replies(app: App, ours: OurNumber) -> Verdict {
    let live = app.live();
    let Some(sms) = &live.settings.sms else { return Verdict::skipped("sms.enabled is false") };
    if !sms.replies {
        return Verdict::skipped("sms.replies is false");
    }
    let found = if sms.from == live.settings.carrier.number {
        ours.await
    } else {
        found(app.telephony.clone(), sms.from.clone()).await
    };
    let Ok(Some(number)) = found else { return Verdict::skipped(NOT_KNOWN) };
    if let Some(instead) = number.texts_instead {
        let cause = format!("the number's messages go to {instead}, and its messaging URL is not used");
        let remedy =
            "set the number to webhooks in the carrier's console, in place of it, or sms.replies to false";
        return Verdict::failed(cause, remedy);
    }
    leads_to("messaging URL", &number.sms, &app, "sms")
}

/// Whether the carrier turns to that path of ours, by POST.
fn leads_to(what: &str, at_carrier: &Webhook, app: &App, path: &str) -> Verdict {
    let expected = format!("{}{path}", app.public_url);
    let remedy = format!("set the number's {what} to {expected}, by POST, in the carrier's console");
    if at_carrier.url.is_empty() {
        return Verdict::failed(format!("the number has no {what}"), remedy);
    }
    // A fragment says how often the carrier asks again: it is not a part of where it asks.
    let address = Url::parse(&at_carrier.url).ok().map(|mut url| {
        url.set_fragment(None);
        url
    });
    match address {
        Some(url) if url.as_str() == expected && at_carrier.method.eq_ignore_ascii_case("POST") => {
            Verdict::ok(format!("it is {expected}"))
        }
        Some(url) if url.as_str() == expected => {
            Verdict::failed(format!("the number's {what} is asked by {}", at_carrier.method), remedy)
        }
        // Path and query of somebody else's address may be secrets.
        Some(url) if url.origin() == app.public_url.origin() => {
            Verdict::failed(format!("the number's {what} is another path of our host"), remedy)
        }
        Some(url) => {
            let origin = url.origin().ascii_serialization();
            Verdict::failed(format!("the number's {what} is at {origin}"), remedy)
        }
        None => Verdict::failed(format!("the number's {what} is no address"), remedy),
    }
}
