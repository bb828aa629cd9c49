//! Several events in one request: each is taken in by itself, and answered by itself.

use super::{Done, Sender, answered, limited};
use crate::domain::alerting::payload::{Node, Payload};
use crate::domain::alerting::understand::Understood;
use crate::http::error::ApiError;
use crate::service::intake::Once;
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::{StreamExt, stream};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use std::error::Error;

/// How many events a batch may have.
const MOST: usize = 1_000;
/// How many of them wait for a commit at the same time.
const TOGETHER: usize = 64;

/// What is answered to one event of a batch.
#[derive(Serialize)]
struct ItemView<'a> {
    status: u16,
    #[serde(flatten)]
    said: Said<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Said<'a> {
    /// As the event alone would have been answered.
    Answer(Value),
    Error {
        error: crate::http::error::Shown<'a>,
    },
}

#[derive(Serialize)]
struct BatchView<'a> {
    results: Vec<ItemView<'a>>,
}

/// Takes in a batch. Events of one matter are taken in one after the other, in their order.
pub(super) async fn take(
    sender: Sender<'_>,
    items: Vec<Node>,
    once: Option<&Once>,
) -> Result<Response, ApiError> {
    if items.is_empty() {
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "empty_batch", "there is no event in the batch"));
    }
    if items.len() > MOST {
        let message = format!("a batch may have {MOST} events; this one has {}", items.len());
        return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many_events", message));
    }
    let parts = parts(sender, once, items.len()).await?;
    let mut results: Vec<(usize, Result<Done, ApiError>)> = vec![];
    let mut matters: HashMap<String, Vec<(usize, Understood)>> = HashMap::new();
    let mut alone = vec![];
    for (index, root) in items.into_iter().enumerate() {
        let understood = match admitted(sender, index, &root) {
            Ok(()) => sender.understand(Payload { root, files: vec![] }),
            Err(refused) => {
                results.push((index, Err(refused)));
                continue;
            }
        };
        match understood.event.external_id.clone() {
            Some(matter) => matters.entry(matter).or_default().push((index, understood)),
            None => alone.push(vec![(index, understood)]),
        }
    }
    let parts = &parts;
    let done = stream::iter(matters.into_values().chain(alone))
        .map(|of_one_matter| async move {
            let mut done = Vec::with_capacity(of_one_matter.len());
            for (index, understood) in &of_one_matter {
                done.push((*index, sender.take_understood(understood, parts.get(*index)).await));
            }
            done
        })
        .buffer_unordered(TOGETHER);
    results.extend(done.collect::<Vec<_>>().await.into_iter().flatten());
    results.sort_unstable_by_key(|(index, _)| *index);
    answer(sender, results.into_iter().map(|(_, result)| result).collect())
}

/// The key of each event, where the batch has one. Nothing of a batch is done whose key was another's.
async fn parts(sender: Sender<'_>, once: Option<&Once>, count: usize) -> Result<Vec<Once>, ApiError> {
    let Some(once) = once.filter(|_| !sender.asked.is_simulated) else { return Ok(vec![]) };
    let parts: Vec<_> = (0..count).map(|number| once.part(number)).collect();
    let known = stream::iter(parts.clone()).map(|part| async move { part.answered(sender.app).await });
    let known: Vec<_> = known.buffer_unordered(TOGETHER).collect().await;
    known.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(parts)
}

/// Whether an item may be taken in. The first one was counted with the request.
fn admitted(sender: Sender<'_>, index: usize, root: &Node) -> Result<(), ApiError> {
    if index > 0 {
        limited(sender.app, sender.way_in)?;
    }
    match root {
        Node::Map(_) => Ok(()),
        Node::Text(_) | Node::Number(_) | Node::Flag(_) | Node::Null | Node::List(_) => {
            let message = "an event of a batch is a JSON object";
            Err(ApiError::new(StatusCode::BAD_REQUEST, "no_object", message))
        }
    }
}

/// The answers together. Where nothing at all was done through a fault of ours, that is the answer to the whole: its
/// sender comes again.
fn answer(sender: Sender<'_>, results: Vec<Result<Done, ApiError>>) -> Result<Response, ApiError> {
    let is_fault = |error: &ApiError| error.status.is_server_error();
    let faults = results.iter().filter(|result| result.as_ref().is_err_and(is_fault)).count();
    if faults > 0 && results.iter().all(Result::is_err) {
        let fault = results.into_iter().filter_map(Result::err).find(is_fault);
        return Err(fault.unwrap_or_else(|| ApiError::internal(std::fmt::Error)));
    }
    if let Some(fault) =
        results.iter().filter_map(|result| result.as_ref().err()).find(|error| is_fault(error))
    {
        let cause = fault.cause.as_ref().map(|cause| &**cause as &dyn Error);
        tracing::error!(code = fault.code, faults, error = cause, "events of a batch were not taken in");
    }
    let done = || results.iter().filter_map(|result| result.as_ref().ok());
    let is_replayed = done().next().is_some() && done().all(|done| done.is_replayed);
    let results = results.iter().map(item).collect::<Result<_, _>>().map_err(ApiError::internal)?;
    let status = if sender.asked.is_simulated { StatusCode::OK } else { StatusCode::MULTI_STATUS };
    Ok(answered(status, super::answer::json(&BatchView { results }), is_replayed))
}

fn item(result: &Result<Done, ApiError>) -> serde_json::Result<ItemView<'_>> {
    Ok(match result {
        Ok(done) => {
            let said = Said::Answer(serde_json::from_str(&done.body)?);
            ItemView { status: done.status.as_u16(), said }
        }
        Err(error) => ItemView { status: error.status.as_u16(), said: Said::Error { error: error.shown() } },
    })
}
