//! The sounds that callers hear, as a carrier fetches them.

use super::*;

const PATH: &str = "/sounds/ringing.wav";

/// The samples of a WAV file of one channel, 16 bit, 8 kHz; anything else is refused.
fn samples(wav: &[u8]) -> Vec<i16> {
    let word = |at: usize| u16::from_le_bytes(wav[at..at + 2].try_into().unwrap());
    let long = |at: usize| u32::from_le_bytes(wav[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((&wav[..4], long(4)), (&b"RIFF"[..], wav.len() - 8));
    assert_eq!((&wav[8..16], long(16)), (&b"WAVEfmt "[..], 16));
    let (pcm, channels, bits) = (word(20), word(22), word(34));
    assert_eq!((pcm, channels, bits), (1, 1, 16));
    let (rate, bytes_a_second, bytes_a_sample) = (long(24), long(28), word(32));
    assert_eq!((rate, bytes_a_second, bytes_a_sample), (8_000, 16_000, 2));
    assert_eq!((&wav[36..40], long(40)), (&b"data"[..], wav.len() - 44));
    wav[44..].chunks_exact(2).map(|sample| i16::from_le_bytes(sample.try_into().unwrap())).collect()
}

/// How often a sound goes from below to above.
fn rises(samples: &[i16]) -> usize {
    samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count()
}

#[tokio::test]
async fn whoever_waits_hears_a_ring_and_silence() {
    let world = World::start("one-group").await;
    let answer = get(&world, PATH).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(header(&answer, "content-type"), "audio/wav");
    let samples = samples(&answer.bytes().await.unwrap());
    assert_eq!(samples.len(), 5 * 8_000, "five seconds");
    let (tone, silence) = samples.split_at(8_000);
    assert!((424..=425).contains(&rises(tone)), "{} Hz", rises(tone));
    for quarter in tone.chunks(2_000) {
        let loudest = quarter.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
        assert!((2_000..=8_000).contains(&loudest), "{loudest}");
    }
    assert!(silence.iter().all(|sample| *sample == 0));
}

#[tokio::test]
async fn a_sound_is_fetched_once_and_kept() {
    let world = World::start("one-group").await;
    let first = get(&world, PATH).send().await.unwrap();
    assert_eq!(header(&first, "cache-control"), "public, max-age=86400");
    let tag = header(&first, "etag").to_owned();
    let length = header(&first, "content-length").to_owned();
    let known = get(&world, PATH).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(header(&known, "etag"), tag);
    assert!(known.bytes().await.unwrap().is_empty());
    let other = get(&world, PATH).header("if-none-match", "\"other\"").send().await.unwrap();
    assert_eq!(other.status(), StatusCode::OK);
    let head = request(&world, Method::HEAD, PATH).send().await.unwrap();
    assert_eq!((head.status(), header(&head, "content-length")), (StatusCode::OK, length.as_str()));
    let posted = request(&world, Method::POST, PATH).send().await.unwrap();
    assert_eq!(error(posted, StatusCode::METHOD_NOT_ALLOWED).await.0, "method_not_allowed");
    let other = get(&world, "/sounds/other.wav").send().await.unwrap();
    assert_eq!(other.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_source_that_asks_too_often_waits() {
    let world =
        World::start_with("one-group", |settings| settings.limits.requests_per_source_per_minute = 1).await;
    assert_eq!(get(&world, PATH).send().await.unwrap().status(), StatusCode::OK);
    let again = get(&world, PATH).send().await.unwrap();
    assert_eq!(error(again, StatusCode::TOO_MANY_REQUESTS).await.0, "too_many_requests");
}
