//! Every setting of the original, and of its successor, and where it is here. The import goes by this table, and
//! the reference of the settings prints it.

use std::fmt::Write as _;

/// A setting of the original.
#[derive(Debug)]
pub(super) struct Original {
    /// Its name in the script, without `setting.` or `settings.`.
    pub(super) name: &'static str,
    /// Where it is here.
    pub(super) place: Place,
    /// What it is about.
    pub(super) meaning: &'static str,
}

/// Where a setting of the original is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In these keys.
    Keys(&'static [&'static str]),
    /// Elsewhere, or nowhere: what to do about it.
    Instead(&'static str),
    /// Nothing to do: the script needed it for itself.
    Needless,
}

use Place::{Instead, Keys, Needless};

const PROMPTS: Place = Instead("write a prompts file, and name its folder in `voice.prompts`");
const WAITING: Place =
    Instead("write the `wait` lines of a prompts file, and name its folder in `voice.prompts`");

macro_rules! original {
    ($name:literal, $place:expr, $meaning:literal) => {
        Original { name: $name, place: $place, meaning: $meaning }
    };
}

/// The table, in the order of the original's script; what only its successor has comes after.
pub(super) const ORIGINALS: &[Original] = &[
    original!(
        "twilio_path",
        Instead("set `server.public_url` to this machine's own address, and the number's Voice URL to it"),
        "Where the script's functions were."
    ),
    original!("xmatters", Keys(&["xmatters.url"]), "The base URL of xMatters."),
    original!("xm_user", Keys(&["xmatters.user"]), "Its user, or an API key."),
    original!("xm_pass", Keys(&["xmatters.password"]), "The user's password."),
    original!("callerID", Keys(&["carrier.caller_id"]), "The number that live calls show."),
    original!("twilio_sid", Keys(&["carrier.api_key"]), "The SID of an API key."),
    original!("twilio_sec", Keys(&["carrier.api_secret"]), "Its secret."),
    original!("url_alert", Keys(&["forward.alert_url"]), "The trigger for alerts."),
    original!("url_conf", Keys(&["forward.conference_url"]), "The trigger for conferences."),
    original!(
        "Authorized_Users",
        Keys(&["xmatters.authorised", "voice.access"]),
        "Who may call; the successor lets everybody in where it is empty."
    ),
    original!(
        "NumberofGroups",
        Instead("it is the number of `voice.group` entries"),
        "How many groups are offered."
    ),
    original!("xMatters_Groups", Keys(&["group.name", "group.on_call", "voice.group"]), "The groups."),
    original!("Speak_Groups", Keys(&["voice.group"]), "How they are spoken: `spoken`."),
    original!("bitly_token", Keys(&["links.kind", "links.token"]), "Shortens links."),
    original!("Alert_Phrase", PROMPTS, "What is said before the groups."),
    original!("Conference_Phrase", PROMPTS, "The same for a conference."),
    original!("Livecall_Phrase", PROMPTS, "The same for a live call."),
    original!("Wait_Phrase", PROMPTS, "What is said when the text is there."),
    original!("Message_Phrase", Needless, "The phrase of the moment."),
    original!("Group_Speak_Text", Needless, "The menu of the groups: made from them."),
    original!("digit", Needless, "The key of the moment."),
    original!("xm_settings", Needless, "A function's path; so are the other `xm_` names."),
    original!("xm_action", Needless, "A function's path."),
    original!("xm_incident", Needless, "A function's path."),
    original!("xm_group", Needless, "A function's path."),
    original!("xm_livecall", Needless, "A function's path."),
    original!("xm_escalate", Needless, "A function's path."),
    original!("xm_nextoncall", Needless, "A function's path."),
    original!("xm_connect", Needless, "A function's path."),
    original!("xm_record", Needless, "A function's path."),
    original!("xm_confirmRec", Needless, "A function's path."),
    original!("xm_shorten", Needless, "A function's path."),
    original!("xm_message", Needless, "A function's path."),
    original!("xm_bridgeforward", Needless, "A function's path."),
    original!("xm_endqueue", Needless, "A function's path."),
    original!("alertTypes", Keys(&["voice.action"]), "What is offered, in key order (successor)."),
    original!("voice", Instead("callers hear the voice of their language"), "Who speaks (successor)."),
    original!("escLevels", Instead("everybody on call is tried"), "How many people are called (successor)."),
    original!(
        "xmattersHTTP",
        Keys(&["forward.alert_url", "forward.conference_url"]),
        "The one trigger for everything, below the base URL (successor)."
    ),
    original!(
        "noanswerHTTP",
        Instead("add a `[[forward]]` for it"),
        "The trigger when nobody answers (successor)."
    ),
    original!(
        "xmconference",
        Instead("the carrier makes the conference; a bridge of your own is `voice.conference`"),
        "The number of the conference bridge (successor)."
    ),
    original!(
        "transfer_to_bridge",
        Instead("whoever starts a conference joins it"),
        "Whether the caller joins the conference (successor)."
    ),
    original!(
        "defaultSeverity",
        Keys(&["voice.default_severity", "voice.severity_question"]),
        "How bad it is, 1 to 5; empty: the caller is asked (successor)."
    ),
    original!("holdMusic", Keys(&["voice.hunt.wait_sound"]), "What is played to who waits (successor)."),
    original!("waitPhrasetype", WAITING, "What is said meanwhile (successor)."),
    original!("jokeUrl", WAITING, "Where jokes come from (successor)."),
    original!("waitPhrase", WAITING, "What is said meanwhile (successor)."),
    original!("waitPhraseStatic", WAITING, "The same, always (successor)."),
    original!("Incident_Phrase", PROMPTS, "What is said before an incident (successor)."),
    original!("options", Needless, "The menu: made from `alertTypes`."),
    original!("parentSid", Needless, "The call of the moment."),
];

/// The setting of that name.
pub(super) fn original(name: &str) -> Option<&'static Original> {
    ORIGINALS.iter().find(|original| original.name == name)
}

/// The table as Markdown.
pub(in crate::settings) fn table() -> String {
    let mut text = String::from(
        "\n## Every setting of the original\n\nWhere the settings of xMatters by Phone are here. `dutyline import \
         by-phone FILE` reads them from its `xm_settings` script and writes them so.\n\n| Original | Here | What it \
         is |\n|---|---|---|\n",
    );
    for Original { name, place, meaning } in ORIGINALS {
        let here = match place {
            Keys(keys) => keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "),
            Instead(advice) => (*advice).to_owned(),
            Needless => "not needed".to_owned(),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| `{name}` | {here} | {meaning} |");
    }
    text
}
