//! Calls that we place, and those that are under way.

use super::wire::{CallNow, Calls, ListedCall, Progress, Taken, date};
use super::{TWILIO, Twilio};
use crate::domain::contact::PhoneNumber;
use crate::ports::error::{Undone, VendorError};
use crate::ports::telephony::{CallAtCarrier, CallProgress, NewCall};
use jiff::Timestamp;
use reqwest::{Response, StatusCode};
use url::Url;

/// How many calls to one number are looked at, newest first.
const LISTED: &str = "100";

pub(super) async fn place(twilio: &Twilio, call: &NewCall) -> Result<String, Undone> {
    let vendor = twilio.vendor();
    let url = twilio.url(&["Calls.json"]).map_err(Undone::Certainly)?;
    let form = form(twilio, call);
    let asked = twilio.authorised(twilio.client.post(url).form(&form)).send().await;
    let answer = vendor.done(asked).await?;
    let Taken { sid } = vendor.json(answer).await.map_err(Undone::Perhaps)?;
    Ok(sid)
}

fn form(twilio: &Twilio, call: &NewCall) -> Vec<(&'static str, String)> {
    let NewCall { to, from, url, status_url, machine_url, ring_seconds } = call;
    let from = from.as_ref().unwrap_or(&twilio.account.number);
    let mut form = vec![
        ("To", to.as_str().to_owned()),
        ("From", from.as_str().to_owned()),
        ("Url", for_twilio(url)),
        ("Method", "POST".to_owned()),
        ("StatusCallback", for_twilio(status_url)),
        ("StatusCallbackMethod", "POST".to_owned()),
        ("Timeout", ring_seconds.to_string()),
    ];
    // A list is a field that is given several times.
    form.extend(
        ["initiated", "ringing", "answered", "completed"]
            .map(|event| ("StatusCallbackEvent", event.to_owned())),
    );
    if let Some(url) = machine_url {
        // Beside the call: whoever has picked up hears us at once.
        form.extend([
            ("MachineDetection", "Enable".to_owned()),
            ("AsyncAmd", "true".to_owned()),
            ("AsyncAmdStatusCallback", for_twilio(url)),
            ("AsyncAmdStatusCallbackMethod", "POST".to_owned()),
        ]);
    }
    form
}

pub(super) async fn redirect(twilio: &Twilio, call: &str, url: &str) -> Result<(), VendorError> {
    let form = [("Url", for_twilio(url)), ("Method", "POST".to_owned())];
    let answer = twilio.ask(twilio.client.post(one(twilio, call)?).form(&form)).await?;
    changed(twilio, answer).await
}

/// A call was changed only where Twilio shows it: anybody on the way may answer with "200 OK".
async fn changed(twilio: &Twilio, answer: Response) -> Result<(), VendorError> {
    let answer = twilio.accepted(answer).await?;
    let CallNow { status: Progress(_) } = twilio.vendor().json(answer).await?;
    Ok(())
}

/// `completed` ends a call that rings as well as one that was picked up, so that nothing depends on how far it has come in
/// the meantime.
pub(super) async fn hang_up(twilio: &Twilio, call: &str) -> Result<(), VendorError> {
    end(twilio, call, "completed", true).await
}

/// `canceled` ends a call that is queued or rings, and leaves one alone that was picked up in the meantime.
pub(super) async fn stop_ringing(twilio: &Twilio, call: &str) -> Result<(), VendorError> {
    end(twilio, call, "canceled", false).await
}

/// Twilio refuses to change a call that is over (error 21220), and others say so in words of their own. So what has
/// become of the call decides, and not the refusal; a call that goes on has to be ended all the same. `also_answered`:
/// also one that was picked up.
async fn end(twilio: &Twilio, call: &str, status_word: &str, also_answered: bool) -> Result<(), VendorError> {
    let request = twilio.client.post(one(twilio, call)?).form(&[("Status", status_word)]);
    let answer = twilio.ask(request).await?;
    if answer.status() == StatusCode::NOT_FOUND {
        return Ok(());
    }
    let Err(refusal) = changed(twilio, answer).await else { return Ok(()) };
    if let VendorError::Temporary { .. } = refusal {
        return Err(refusal);
    }
    match status(twilio, call).await? {
        None | Some(CallProgress::Over(_)) => Ok(()),
        Some(CallProgress::InProgress) if !also_answered => Ok(()),
        Some(CallProgress::Queued | CallProgress::Ringing | CallProgress::InProgress) => {
            Err(VendorError::temporary(refusal.cause()))
        }
    }
}

pub(super) async fn status(twilio: &Twilio, call: &str) -> Result<Option<CallProgress>, VendorError> {
    let answer = twilio.ask(twilio.client.get(one(twilio, call)?)).await?;
    if answer.status() == StatusCode::NOT_FOUND {
        return Ok(None);
    }
    let answer = twilio.accepted(answer).await?;
    let CallNow { status: Progress(progress) } = twilio.vendor().json(answer).await?;
    Ok(Some(progress))
}

/// Twilio lists the newest first. By their start it can't be asked for them: a call that is queued has none yet.
pub(super) async fn to(
    twilio: &Twilio,
    number: &PhoneNumber,
    since: Timestamp,
) -> Result<Vec<CallAtCarrier>, VendorError> {
    let url = twilio.url(&["Calls.json"])?;
    let request = twilio.client.get(url).query(&[("To", number.as_str()), ("PageSize", LISTED)]);
    let answer = twilio.accepted(twilio.ask(request).await?).await?;
    let Calls { calls } = twilio.vendor().json(answer).await?;
    // Twilio dates to the second.
    let since = since.as_second();
    let is_meant = |call: &ListedCall| {
        call.direction.as_deref() == Some("outbound-api")
            && call.to.as_deref() == Some(number.as_str())
            && date(call.date_created.as_deref()).is_none_or(|at| at.as_second() >= since)
    };
    let under_way = |call: ListedCall| match call.status {
        Progress(CallProgress::Over(_)) => None,
        Progress(progress) => Some(CallAtCarrier { carrier_call: call.sid, progress }),
    };
    Ok(calls.into_iter().filter(is_meant).filter_map(under_way).collect())
}

/// The resource of one call.
fn one(twilio: &Twilio, call: &str) -> Result<Url, VendorError> {
    twilio.url(&["Calls", &format!("{call}.json")])
}

/// A URL of ours as Twilio is given it.
fn for_twilio(url: &str) -> String {
    [url, TWILIO.url_fragment].concat()
}
