//! A program of this machine as transcriber: it gets a sound as a file and prints its text.

use super::cause::last_line;
use super::transcriber_http::extension;
use crate::ports::error::VendorError;
use crate::ports::telephony::SoundStream;
use crate::ports::transcriber::{Speech, Transcriber};
use crate::settings::WAV;
use async_trait::async_trait;
use futures_util::TryStreamExt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::NamedTempFile;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// A longer text is cut off: an hour of speech has a tenth of it.
const LONGEST_TEXT: u64 = 1024 * 1024;

/// So much of the end of what a program complains of is kept.
const LONGEST_COMPLAINT: usize = 4 * 1024;

/// Texts by a program of this machine.
#[derive(Debug, Clone)]
pub struct CommandTranscriber {
    program: PathBuf,
    arguments: Vec<String>,
    patience: Duration,
}

impl CommandTranscriber {
    /// That program with those arguments, in which [`WAV`] stands for the path of the sound's file. After `patience`
    /// it is killed, and whatever it has started with it.
    pub const fn new(program: PathBuf, arguments: Vec<String>, patience: Duration) -> Self {
        Self { program, arguments, patience }
    }

    /// What a run of the program printed.
    async fn run(&self, file: &Path) -> Result<String, VendorError> {
        let mut command = Command::new(&self.program);
        let path = file.to_string_lossy();
        command.args(self.arguments.iter().map(|argument| argument.replace(WAV, &path)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let child = command.spawn().map_err(|error| {
            VendorError::temporary(format!(
                "the transcriber can't be started: {error}; check transcriber.command"
            ))
        })?;
        let mut family = Family(child);
        let (Some(out), Some(err)) = (family.0.stdout.take(), family.0.stderr.take()) else {
            return Err(VendorError::temporary("the transcriber can't be listened to"));
        };
        let done = async {
            let (text, complaint) = tokio::join!(text(out), end(err));
            // Both have ended, so that nobody of the family can say any more; what remains of it is let go.
            family.0.wait().await.map(|status| (status, text, complaint))
        };
        let (status, text, complaint) = match timeout(self.patience, done).await {
            Ok(done) => done.map_err(|error| trouble(&error))?,
            Err(_elapsed) => {
                let seconds = self.patience.as_secs();
                return Err(VendorError::temporary(format!(
                    "the transcriber was not done within {seconds} seconds and was killed"
                )));
            }
        };
        // It may quote what was said, or whom: for those only who look for it.
        if let Some(line) = last_line(&complaint) {
            tracing::debug!(line, "the transcriber complained");
        }
        if !status.success() {
            let hint = "log.level = \"debug\" shows its last words";
            return Err(VendorError::temporary(format!("the transcriber failed ({status}); {hint}")));
        }
        String::from_utf8(text).map_err(|_garbage| {
            VendorError::temporary("the transcriber printed what is no text; check transcriber.command")
        })
    }
}

#[async_trait]
impl Transcriber for CommandTranscriber {
    async fn text_of(&self, speech: Speech) -> Result<String, VendorError> {
        let file = store(speech.sound.bytes, extension(&speech.sound.media_type)).await?;
        self.run(file.path()).await
    }

    async fn probe(&self) -> Result<(), VendorError> {
        let program = self.program.clone();
        match tokio::task::spawn_blocking(move || is_there(&program)).await {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(VendorError::temporary(
                "the transcriber's program is not there, or may not be run; check transcriber.command",
            )),
        }
    }
}

/// A program and all that it has started. Dropped before its end, it is killed.
struct Family(Child);

impl Drop for Family {
    fn drop(&mut self) {
        // None: the program has ended and was waited for.
        let Some(id) = self.0.id() else { return };
        #[cfg(unix)]
        if let Some(group) = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw) {
            // An error means that there is nobody left to kill.
            let _gone = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        #[cfg(not(unix))]
        let _killed_on_drop = id;
    }
}

/// The sound in a file for this user only, which goes when it is dropped.
async fn store(mut sound: SoundStream, extension: &str) -> Result<NamedTempFile, VendorError> {
    let suffix = format!(".{extension}");
    let made = tokio::task::spawn_blocking(move || {
        let file = tempfile::Builder::new().prefix("dutyline-").suffix(&suffix).tempfile()?;
        let writer = file.reopen()?;
        io::Result::Ok((file, writer))
    });
    let made =
        made.await.map_err(|_panic| VendorError::temporary("no file can be made for the transcriber"))?;
    let (file, writer) = made.map_err(|error| trouble(&error))?;
    let mut writer = tokio::fs::File::from_std(writer);
    while let Some(piece) = sound.try_next().await? {
        writer.write_all(&piece).await.map_err(|error| trouble(&error))?;
    }
    writer.flush().await.map_err(|error| trouble(&error))?;
    Ok(file)
}

fn trouble(error: &io::Error) -> VendorError {
    VendorError::temporary(format!("the transcriber's files: {error}"))
}

/// Everything that is printed, up to the longest text.
async fn text(out: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut text = vec![];
    let mut out = out.take(LONGEST_TEXT);
    // What was printed before an error counts; the program's own end says whether it is whole.
    let _read = out.read_to_end(&mut text).await;
    // The rest is read as well, so that the program does not wait for us.
    let _rest = tokio::io::copy(out.get_mut(), &mut tokio::io::sink()).await;
    // A character that the limit has cut in two is no fault of the program.
    if let Err(error) = str::from_utf8(&text)
        && error.error_len().is_none()
    {
        text.truncate(error.valid_up_to());
    }
    text
}

/// The end of what is complained of.
async fn end(mut err: impl AsyncRead + Unpin) -> String {
    let mut end = vec![];
    let mut piece = [0; 1024];
    while let Ok(length @ 1..) = err.read(&mut piece).await {
        end.extend_from_slice(piece.get(..length).unwrap_or_default());
        let more = end.len().saturating_sub(LONGEST_COMPLAINT);
        end.drain(..more);
    }
    String::from_utf8_lossy(&end).into_owned()
}

/// Whether a program can be run: at its path, or where the system looks for programs without one.
fn is_there(program: &Path) -> bool {
    if program.components().count() > 1 {
        return may_run(program);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| may_run(&folder.join(program)))
}

#[cfg(unix)]
fn may_run(file: &Path) -> bool {
    file.is_file() && rustix::fs::access(file, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn may_run(file: &Path) -> bool {
    file.is_file()
}
