//! What is left of a recording: its file, its text, and what the gateway is told of both.

use jiff::{SignedDuration, Timestamp};

use super::{Lane, Pending, Switchboard, later};
use crate::exchange::{
    behaviour::{Fault, Transcribing},
    carrier::{
        Config,
        call::End,
        form,
        records::{Recording, RecordingStatus, Transcription, TranscriptionStatus},
    },
    leg::Take,
    line::Kind,
};

/// Recordings are transcribed when they are as long as this and shorter than [`LONGEST_TRANSCRIBED`]
/// (Twilio, Record and warning 13617; lengths are whole seconds here); others are left alone without a word.
const SHORTEST_TRANSCRIBED: u32 = 2;
const LONGEST_TRANSCRIBED: u32 = 120;

impl Switchboard {
    pub(super) fn recorded(&mut self, sid: &str, at: Timestamp, take: Take) {
        self.note(sid, at, Kind::Recorded, take.text.clone());
        let recording = self.sids.next("RE");
        let empty = take.is_empty();
        let ready = self.transcription_starts(&recording, at, &take);
        self.recordings.insert(
            recording.clone(),
            Recording {
                sid: recording.clone(),
                call_sid: sid.to_owned(),
                started: take.started,
                created: at,
                seconds: take.seconds,
                text: take.text,
                status: if empty { RecordingStatus::Absent } else { RecordingStatus::Processing },
                callback: take.record.recording_status_callback,
                audio: None,
            },
        );
        self.put(ready, Pending::RecordingReady(recording.clone()));
        if empty || take.interrupted {
            return;
        }
        let url = self.recording_url(&recording);
        let Some(call) = self.calls.get_mut(sid) else { return };
        let hung_up = take.digits.as_deref() == Some("hangup");
        if hung_up {
            call.close(at, End::Completed);
        }
        let mut request = form::about(call, &self.config.account_sid);
        request.digits = take.digits;
        request.recording_duration = Some(take.seconds.to_string());
        request.recording_url = Some(url);
        request.recording_sid = Some(recording);
        let fields = form::fields(&request);
        self.ask(sid, at, take.record.action, fields);
    }

    /// Starts the transcription that was asked for. Returns when the recording's file is there.
    fn transcription_starts(&mut self, recording: &str, at: Timestamp, take: &Take) -> Timestamp {
        let ready = later(at, self.config.recording_delay);
        let Some(callback) = take.record.transcribe_callback.clone() else { return ready };
        if take.seconds < SHORTEST_TRANSCRIBED || take.seconds >= LONGEST_TRANSCRIBED {
            return ready;
        }
        let sid = self.sids.next("TR");
        let transcription = Transcription {
            sid: sid.clone(),
            recording_sid: recording.to_owned(),
            created: at,
            updated: at,
            seconds: take.seconds,
            status: TranscriptionStatus::InProgress,
            text: String::new(),
            callback,
        };
        self.transcriptions.insert(sid.clone(), transcription);
        let usual = self.config.transcription_delay;
        let (delay, status) = match self.behaviour.transcription {
            Transcribing::Usual => (usual, TranscriptionStatus::Completed),
            Transcribing::AfterSeconds(seconds) => {
                (SignedDuration::from_secs(i64::from(seconds)), TranscriptionStatus::Completed)
            }
            Transcribing::Fails => (usual, TranscriptionStatus::Failed),
            Transcribing::Never => return ready,
        };
        let transcribed = later(at, delay);
        self.put(transcribed, Pending::Transcribed(sid, status));
        if self.behaviour.has(Fault::WebhooksSwapped) { ready.max(transcribed) } else { ready }
    }

    pub(super) fn recording_ready(&mut self, recording: &str, at: Timestamp) {
        let url = self.recording_url(recording);
        let Some(kept) = self.recordings.get_mut(recording) else { return };
        if kept.status == RecordingStatus::Processing {
            kept.status = RecordingStatus::Completed;
        }
        let (Some(callback), Some(call)) = (kept.callback.clone(), self.calls.get(&kept.call_sid)) else {
            return;
        };
        if self.behaviour.has(Fault::RecordingCallbackLost) {
            return;
        }
        let fields = form::recording_status(kept, url, &self.config.account_sid);
        let lane = Lane::Beside(call.sid.clone());
        self.send(at, lane, callback, fields);
    }

    pub(super) fn transcribed(&mut self, sid: &str, status: TranscriptionStatus, at: Timestamp) {
        let Some(transcription) = self.transcriptions.get_mut(sid) else { return };
        let Some(recording) = self.recordings.get(&transcription.recording_sid) else { return };
        transcription.status = status;
        transcription.updated = at;
        if status == TranscriptionStatus::Completed {
            transcription.text.clone_from(&recording.text);
        }
        if self.behaviour.has(Fault::TranscriptionCallbackLost) {
            return;
        }
        let transcription = transcription.clone();
        let Some(call) = self.calls.get(&recording.call_sid) else { return };
        let Config { public_url, account_sid, .. } = &self.config;
        let mut request = form::about(call, account_sid);
        request.recording_sid = Some(recording.sid.clone());
        request.recording_url = Some(self.recording_url(&recording.sid));
        request.transcription_status = Some(status.word().to_owned());
        request.transcription_text = (status == TranscriptionStatus::Completed).then_some(transcription.text);
        request.transcription_sid = Some(transcription.sid.clone());
        let mut fields = form::fields(&request);
        let url = format!(
            "{public_url}/{}/Accounts/{account_sid}/Transcriptions/{}",
            form::API_VERSION,
            transcription.sid
        );
        fields.push(("TranscriptionUrl".to_owned(), url));
        fields.push(("TranscriptionType".to_owned(), "fast".to_owned()));
        let lane = Lane::Beside(call.sid.clone());
        self.send(at, lane, transcription.callback, fields);
    }
}
