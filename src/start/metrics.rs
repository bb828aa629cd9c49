//! What collects the figures of `/metrics`.

use super::StartError;
use crate::app::Metrics;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::{Arc, Mutex, PoisonError};

/// The metrics of this process. They are collected once, however often the program is put together (tests do).
pub(super) fn collect_metrics() -> Result<Metrics, StartError> {
    static HANDLE: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut known = HANDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let handle = match known.take() {
        Some(handle) => handle,
        None => recorder()?.install_recorder()?,
    };
    *known = Some(handle.clone());
    drop(known);
    Ok(Arc::new(move || {
        handle.run_upkeep();
        handle.render()
    }))
}

/// Durations fall into buckets, so that those of several processes can be put together. A turn is due within
/// milliseconds; a caller notices the first second, and the carrier gives up after the fourth.
fn recorder() -> Result<PrometheusBuilder, StartError> {
    const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 4.0, 14.0];
    Ok(PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_duration_seconds".to_owned()), &SECONDS)?)
}
