//! The sounds that are ours, which the carrier plays to callers. They are the same for everybody, and made when they are
//! first asked for.

use super::sound;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::f64::consts::TAU;
use std::sync::LazyLock;

/// How long whoever has a sound may keep it without asking: a day.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// Samples a second: what a phone line carries.
const RATE: u32 = 8_000;

/// The frequency of the ringing tone in hertz, and how many seconds it is on and off: as in most of Europe (ITU-T E.180,
/// supplement 2).
const TONE: (u32, u32, u32) = (425, 1, 4);

/// How loud it is: a tenth of what a sample can hold, which is 20 dB below full scale.
const LEVEL: f64 = 3_276.0;

/// A file and its tag.
struct Sound {
    wav: Bytes,
    tag: HeaderValue,
}

static RINGING: LazyLock<Sound> = LazyLock::new(|| {
    let wav = Bytes::from(wav(&ringing_tone()));
    let tag = HeaderValue::from_str(&format!("\"{}\"", hex::encode(Sha256::digest(&wav))));
    Sound { wav, tag: tag.unwrap_or(HeaderValue::from_static("\"1\"")) }
});

/// `GET /sounds/ringing.wav`: one ring and the silence after it, for whoever waits.
#[utoipa::path(
    get,
    path = "/sounds/ringing.wav",
    tag = "people",
    responses((status = 200, description = "The sound.", body = Vec<u8>, content_type = "audio/wav")),
)]
pub(super) async fn ringing(headers: HeaderMap) -> Response {
    let Sound { wav, tag } = &*RINGING;
    let described = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, CACHE)];
    if tag.to_str().is_ok_and(|tag| sound::is_known(&headers, tag)) {
        return (StatusCode::NOT_MODIFIED, described).into_response();
    }
    (described, [(header::CONTENT_TYPE, "audio/wav")], wav.clone()).into_response()
}

/// The samples of one ring and the silence after it. The tone is a whole number of waves, so that it begins and ends
/// without a click.
fn ringing_tone() -> Vec<i16> {
    let (hertz, on, off) = TONE;
    let wave = |sample: u32| LEVEL * (TAU * f64::from(hertz) * f64::from(sample) / f64::from(RATE)).sin();
    #[expect(clippy::cast_possible_truncation, reason = "the level is far below what a sample holds")]
    let tone = (0..RATE * on).map(|sample| wave(sample).round() as i16);
    tone.chain((0..RATE * off).map(|_silence| 0)).collect()
}

/// The samples as a file: RIFF, PCM, one channel of 16 bits.
fn wav(samples: &[i16]) -> Vec<u8> {
    const BYTES_A_SAMPLE: u16 = 2;
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let parts: [&[u8]; 13] = [
        b"RIFF",
        // What follows this number: the rest of the head, and the samples.
        &length.saturating_add(36).to_le_bytes(),
        b"WAVEfmt ",
        &16_u32.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &RATE.to_le_bytes(),
        &(RATE * u32::from(BYTES_A_SAMPLE)).to_le_bytes(),
        &BYTES_A_SAMPLE.to_le_bytes(),
        &(BYTES_A_SAMPLE * 8).to_le_bytes(),
        b"data",
        &length.to_le_bytes(),
        &data,
    ];
    parts.concat()
}
