//! The sound of recordings: speech where a synthesiser is installed, else a tone of the right length.

use std::process::Stdio;

use bytes::Bytes;
use jiff::SignedDuration;
use tokio::{io::AsyncWriteExt, process::Command};

/// Samples a second of a tone: what a phone line carries.
const RATE: u32 = 8_000;

/// A RIFF header's size field counts what follows it.
const BEFORE_SIZE_COUNTS: usize = 8;

/// What recordings sound like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audio {
    /// Spoken by `espeak-ng`; a tone where it is not installed.
    Spoken,
    /// A tone.
    Tone,
}

impl Audio {
    /// A WAV file of what was said in `seconds`.
    pub(super) async fn wav(self, text: &str, seconds: u32) -> Bytes {
        let spoken = match self {
            Self::Spoken => speak(text).await,
            Self::Tone => None,
        };
        spoken.unwrap_or_else(|| tone(seconds)).into()
    }
}

/// How long a WAV file is, by the beginning of it; `None`: it is none.
pub(super) fn length(wav: &[u8]) -> Option<SignedDuration> {
    let number = |at: usize| Some(u32::from_le_bytes(wav.get(at..at.checked_add(4)?)?.try_into().ok()?));
    if wav.get(..4)? != b"RIFF" || wav.get(8..12)? != b"WAVE" {
        return None;
    }
    let format = wav.windows(4).position(|window| window == b"fmt ")?;
    let data = wav.windows(4).position(|window| window == b"data")?;
    let (a_second, bytes) = (number(format.checked_add(16)?)?, number(data.checked_add(4)?)?);
    (a_second > 0).then(|| SignedDuration::from_millis_i128(i128::from(bytes) * 1_000 / i128::from(a_second)))
}

/// The text goes through a pipe: arguments could be read by every user of the machine.
async fn speak(text: &str) -> Option<Vec<u8>> {
    let mut child = Command::new("espeak-ng")
        .args(["--stdout", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    let text = text.to_owned();
    let write = tokio::spawn(async move { stdin.write_all(text.as_bytes()).await });
    let output = child.wait_with_output().await.ok()?;
    write.await.ok()?.ok()?;
    output.status.success().then(|| with_true_sizes(output.stdout)).flatten()
}

/// A synthesiser that writes to a pipe can't know the sizes in the header when it writes it.
fn with_true_sizes(mut wav: Vec<u8>) -> Option<Vec<u8>> {
    let data = wav.windows(4).position(|window| window == b"data")?;
    let body = data.checked_add(8)?;
    let total = u32::try_from(wav.len().checked_sub(BEFORE_SIZE_COUNTS)?).ok()?;
    let length = u32::try_from(wav.len().checked_sub(body)?).ok()?;
    wav.get_mut(4..8)?.copy_from_slice(&total.to_le_bytes());
    wav.get_mut(data + 4..body)?.copy_from_slice(&length.to_le_bytes());
    Some(wav)
}

/// A soft tone, 16 bit, mono.
fn tone(seconds: u32) -> Vec<u8> {
    let samples = seconds.saturating_mul(RATE);
    let data = samples.saturating_mul(2);
    let mut wav = Vec::with_capacity(data as usize + 44);
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&data.saturating_add(36).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt ");
    wav.extend_from_slice(&16u32.to_le_bytes());
    wav.extend_from_slice(&1u16.to_le_bytes());
    wav.extend_from_slice(&1u16.to_le_bytes());
    wav.extend_from_slice(&RATE.to_le_bytes());
    wav.extend_from_slice(&(RATE * 2).to_le_bytes());
    wav.extend_from_slice(&2u16.to_le_bytes());
    wav.extend_from_slice(&16u16.to_le_bytes());
    wav.extend_from_slice(b"data");
    wav.extend_from_slice(&data.to_le_bytes());
    // A square wave of 400 Hz: ten samples up, ten down.
    for sample in 0..samples {
        let level: i16 = if sample / 10 % 2 == 0 { 2_000 } else { -2_000 };
        wav.extend_from_slice(&level.to_le_bytes());
    }
    wav
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_tone_is_a_wav_file_of_the_right_length() {
        let wav = Audio::Tone.wav("Pumps are down", 14).await;
        assert_eq!(&wav[..4], b"RIFF");
        assert_eq!(wav.len(), 44 + 14 * 8_000 * 2);
        assert_eq!(wav[4..8], u32::try_from(wav.len() - 8).unwrap().to_le_bytes());
    }

    #[tokio::test]
    async fn speech_falls_back_to_a_tone_and_is_a_wav_file_either_way() {
        let wav = Audio::Spoken.wav("Pumps are down", 2).await;
        assert_eq!(&wav[..4], b"RIFF");
        assert_eq!(wav[4..8], u32::try_from(wav.len() - 8).unwrap().to_le_bytes());
    }

    #[test]
    fn the_length_of_a_sound_stands_at_its_beginning() {
        assert_eq!(length(&tone(5)), Some(SignedDuration::from_secs(5)));
        assert_eq!(length(&tone(5)[..44]), Some(SignedDuration::from_secs(5)));
        assert_eq!(length(&tone(5)[..30]), None);
        assert_eq!(length(b"ID3 something else altogether, that is no such file"), None);
    }

    #[test]
    fn a_header_written_to_a_pipe_gets_its_true_sizes() {
        let mut wav = tone(1);
        wav[4..8].copy_from_slice(&[0xff; 4]);
        wav[40..44].copy_from_slice(&[0xff; 4]);
        assert_eq!(with_true_sizes(wav), Some(tone(1)));
    }
}
