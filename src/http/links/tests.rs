use super::*;
use crate::domain::ids::{AlertId, CallId, RecordingId};
use crate::domain::voice::recording::{Audio, DraftStatus, Source};
use uuid::Uuid;

const CODE: &str = "23456789ABCDEFGHJKLMNP";

fn recording(transcript: Transcript, is_here: bool) -> Recording {
    let audio =
        Audio { key: "key".to_owned(), media_type: "audio/wav".to_owned(), bytes: 10, sha256: [0; 32] };
    Recording {
        id: RecordingId(Uuid::from_u128(1)),
        call: CallId(Uuid::from_u128(2)),
        source: Source { url: "https://carrier.example/secret/RE1".to_owned(), sid: None },
        seconds: 65,
        status: DraftStatus::Released(AlertId(Uuid::from_u128(3))),
        transcript,
        audio: is_here.then_some(audio),
        erased_at: None,
        made_at: "2026-01-05T09:04:59.5Z".parse().unwrap(),
    }
}

fn html(content: &Content<'_>) -> String {
    Player { style: STYLE, content }.render().unwrap()
}

fn message(transcript: Transcript, is_here: bool) -> String {
    html(&Content::Message(Message::of(CODE, &recording(transcript, is_here))))
}

#[test]
fn the_page_says_when_how_long_and_what() {
    let page = message(Transcript::Text("Pumps <b>down</b> & out".to_owned()), true);
    assert!(
        page.contains("<time datetime=\"2026-01-05T09:04:59.5Z\">5 January 2026, 09:04 UTC</time>"),
        "{page}"
    );
    assert!(page.contains("1 minute 5 seconds"), "{page}");
    assert!(page.contains(&format!("<audio controls preload=\"metadata\" src=\"{CODE}/audio\"")), "{page}");
    assert!(page.contains("Pumps &#60;b&#62;down&#60;/b&#62; &#38; out"), "{page}");
    assert!(!page.contains("http-equiv"), "it does not reload while it plays: {page}");
}

#[test]
fn a_message_without_sound_is_looked_for_again() {
    let page = message(Transcript::Pending, false);
    assert!(page.contains("http-equiv=\"refresh\""), "{page}");
    assert!(!page.contains("<audio"), "{page}");
    assert!(page.contains("not there yet"), "{page}");
}

#[test]
fn nothing_is_said_of_a_text_that_nobody_wanted() {
    assert!(!message(Transcript::Unwanted, true).contains("text"));
    assert!(message(Transcript::Failed, true).contains("No text could be made"));
}

#[test]
fn no_page_needs_a_script_or_anything_from_elsewhere() {
    let pages = [
        message(Transcript::Text("a".to_owned()), true),
        message(Transcript::Pending, false),
        html(&Content::UNKNOWN),
        html(&Content::TROUBLE),
    ];
    for page in pages {
        for never in ["<script", "http://", "https://", "//", "@import", "url(", " style=", "carrier"] {
            assert!(!page.contains(never), "{never}: {page}");
        }
        assert!(page.contains("<meta name=\"robots\" content=\"noindex, nofollow\">"), "{page}");
        assert!(page.contains("<html lang=\"en\">"), "{page}");
        assert_eq!(page.matches("<h1>").count(), 1, "{page}");
        assert!(page.contains(&format!("<style>{STYLE}</style>")), "the policy knows the style by its hash");
    }
}

#[test]
fn a_length_is_in_words() {
    for (seconds, words) in [
        (0, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (61, "1 minute 1 second"),
        (150, "2 minutes 30 seconds"),
    ] {
        assert_eq!(length(seconds), words);
    }
}
