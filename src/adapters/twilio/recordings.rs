//! Recordings at Twilio.

use super::Twilio;
use super::wire::{ListedRecording, ListedTranscription, Recordings, Transcriptions, date};
use crate::domain::voice::recording::Source;
use crate::ports::error::VendorError;
use crate::ports::telephony::{KeptRecording, Sound, TextOf};
use futures_util::{StreamExt, TryStreamExt};
use reqwest::{Response, StatusCode, header};
use std::cmp::Reverse;
use url::Url;

/// How often we go on to where the sound is said to be.
const HOPS: usize = 2;

pub(super) async fn open(twilio: &Twilio, source: &Source) -> Result<Sound, VendorError> {
    let file = format!("{}.wav", id(twilio, source)?);
    let url = twilio.url(&["Recordings", &file])?;
    let answer = twilio.ask(twilio.client.get(url.clone())).await?;
    if answer.status() == StatusCode::NOT_FOUND {
        return Err(VendorError::temporary("the carrier does not have the sound yet, or not any more (404)"));
    }
    let answer = match elsewhere(&answer, &url)? {
        Some(place) => follow(twilio, place).await?,
        None => twilio.accepted(answer).await?,
    };
    let media_type = media_type(&answer)
        .ok_or_else(|| VendorError::temporary("the carrier answered with something that is no sound"))?;
    let vendor = twilio.vendor();
    let bytes = answer.bytes_stream().map_err(move |error| vendor.trouble(error)).boxed();
    Ok(Sound { media_type, bytes })
}

/// Fetches what the API says is elsewhere, as sound in a store of its own is. Nobody there is told who we are: the
/// address alone opens it.
async fn follow(twilio: &Twilio, mut place: Url) -> Result<Response, VendorError> {
    for _hop in 0..HOPS {
        let answer =
            twilio.client.get(place.clone()).send().await.map_err(|error| twilio.vendor().trouble(error))?;
        match elsewhere(&answer, &place)? {
            Some(next) => place = next,
            None if answer.status().is_success() => return Ok(answer),
            // Such addresses end soon; the next attempt is given a fresh one.
            None => {
                let status = answer.status().as_u16();
                let cause = format!("where the carrier sent us for the sound, it is not given ({status})");
                return Err(VendorError::temporary(cause));
            }
        }
    }
    Err(VendorError::permanent("the carrier sends us from place to place for the sound"))
}

/// Where an answer sends us; `None`: it is itself what was asked for. Never from a secret connection to an open one.
fn elsewhere(answer: &Response, asked: &Url) -> Result<Option<Url>, VendorError> {
    const TO: [StatusCode; 5] = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    if !TO.contains(&answer.status()) {
        return Ok(None);
    }
    let nowhere = || VendorError::temporary("the carrier sends us elsewhere for the sound, and not where to");
    let place =
        answer.headers().get(header::LOCATION).and_then(|place| place.to_str().ok()).ok_or_else(nowhere)?;
    let place = asked.join(place).map_err(|_error| nowhere())?;
    if place.scheme() != "https" && place.scheme() != asked.scheme() {
        return Err(VendorError::permanent("the carrier sends us to an open connection for the sound"));
    }
    Ok(Some(place))
}

pub(super) async fn delete(twilio: &Twilio, source: &Source) -> Result<(), VendorError> {
    let file = format!("{}.json", id(twilio, source)?);
    let url = twilio.url(&["Recordings", &file])?;
    let answer = twilio.ask(twilio.client.delete(url)).await?;
    if answer.status() == StatusCode::NOT_FOUND {
        return Ok(());
    }
    twilio.accepted(answer).await.map(|_empty| ())
}

pub(super) async fn of_call(twilio: &Twilio, call: &str) -> Result<Vec<KeptRecording>, VendorError> {
    let url = twilio.url(&["Calls", call, "Recordings.json"])?;
    let answer = twilio.accepted(twilio.ask(twilio.client.get(url)).await?).await?;
    let Recordings { mut recordings } = twilio.vendor().json(answer).await?;
    recordings.retain(|recording| recording.status == "completed");
    recordings.sort_by_key(|recording| Reverse(date(recording.date_created.as_deref())));
    recordings.into_iter().map(|recording| kept(twilio, recording)).collect()
}

/// The newest transcription of a recording. None is there before Twilio has begun with it.
pub(super) async fn text(twilio: &Twilio, source: &Source) -> Result<TextOf, VendorError> {
    let url = twilio.url(&["Recordings", &id(twilio, source)?, "Transcriptions.json"])?;
    let answer = twilio.accepted(twilio.ask(twilio.client.get(url)).await?).await?;
    let Transcriptions { transcriptions } = twilio.vendor().json(answer).await?;
    let newest = transcriptions.into_iter().max_by_key(|one| date(one.date_created.as_deref()));
    Ok(match newest {
        Some(ListedTranscription { status, transcription_text: Some(text), .. }) if status == "completed" => {
            TextOf::Ready(text)
        }
        Some(ListedTranscription { status, .. }) if status == "failed" => TextOf::Failed,
        Some(_) | None => TextOf::NotYet,
    })
}

/// The recording's id, once it is sure that the recording is one of this account.
///
/// The URL in a webhook is never asked: whoever forges one would be sent our token. Where it is the only
/// thing that names the recording, it must be one of this account's at the API that we are set to.
fn id(twilio: &Twilio, source: &Source) -> Result<String, VendorError> {
    if let Some(sid) = source.sid.as_deref().filter(|sid| !sid.is_empty()) {
        return Ok(sid.to_owned());
    }
    let ours = twilio.url(&["Recordings", ""])?;
    let name = Url::parse(&source.url).ok().filter(|url| url.origin() == ours.origin()).and_then(|url| {
        let name = url.path().strip_prefix(ours.path())?;
        let name = name.strip_suffix(".wav").or_else(|| name.strip_suffix(".mp3")).unwrap_or(name);
        (!name.is_empty() && !name.contains(['/', '%'])).then(|| name.to_owned())
    });
    name.ok_or_else(|| {
        VendorError::permanent("the recording is not at carrier.api_url; it is not fetched from elsewhere")
    })
}

/// The media type of a sound, without parameters; `None` when it is none.
fn media_type(answer: &Response) -> Option<String> {
    let value = answer.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    let essence = value.split(';').next()?.trim().to_ascii_lowercase();
    match essence.as_str() {
        "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => Some("audio/wav".to_owned()),
        _ => essence.starts_with("audio/").then_some(essence),
    }
}

fn kept(twilio: &Twilio, recording: ListedRecording) -> Result<KeptRecording, VendorError> {
    let url = twilio.url(&["Recordings", &recording.sid])?.to_string();
    let seconds = recording.duration.and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
    Ok(KeptRecording { source: Source { url, sid: Some(recording.sid) }, seconds })
}
