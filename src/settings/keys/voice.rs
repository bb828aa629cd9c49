//! `[voice]`.

use super::{DAY_SECONDS, SEVERITIES};
use crate::settings::schema::{Key, Kind};
use Kind::{Count, Flag, Table, Tables, Text, Word};

pub(super) const VOICE: &[Key] = &[
    Key::default(
        "language",
        Text,
        "\"en\"",
        "Language of people without one of their own, spoken and written: a prompts file.",
    ),
    Key::optional(
        "prompts",
        Text,
        "those that come with the program",
        "A folder of prompts files, one a language, that add to the shipped ones or replace them.",
    ),
    Key::default(
        "access",
        Word(&["directory", "xmatters", "open"]),
        "\"directory\"",
        "Who is let in: known people who may call, those and people of `xmatters`, or anybody.",
    ),
    Key::optional(
        "authorised",
        Tables(RECIPIENT),
        "everyone with a voice device",
        "Which known people may call.",
    ),
    Key::default(
        "action",
        Tables(ACTION),
        "[{ kind = \"alert\" }, { kind = \"conference\" }, { kind = \"live\" }]",
        "What is offered, in key order.",
    ),
    Key::default(
        "hunt",
        Table(HUNT),
        "{}",
        "How people on call are called. `ring_seconds` and `detect_machines` also hold for phones rung about alerts.",
    ),
    Key::default("conference", Table(CONFERENCE), "{}", "Where a conference meets."),
    Key::default("group", Tables(TARGET), "[]", "Whom a caller may choose, in key order."),
    Key::default(
        "default_recipients",
        Tables(RECIPIENT),
        "[]",
        "Who gets an alert where no `voice.group` is offered.",
    ),
    Key::optional(
        "team",
        Text,
        "people are told once",
        "The team whose policy the alerts of calls follow, where the chosen `voice.group` names none.",
    ),
    Key::default("ask_times", Count(1, 9), "3", "How often a question is asked into silence."),
    Key::default("key_timeout_seconds", Count(1, 60), "5", "How long a question waits for a key."),
    Key::default("severity_question", Flag, "false", "Whether the caller is asked how bad it is."),
    Key::default("default_severity", Word(&SEVERITIES), "\"high\"", "The severity where it isn't asked."),
    Key::default("longest_message_seconds", Count(5, 3_600), "120", "A recording ends here."),
    Key::default("transcribe", Flag, "true", "Whether messages are turned into text."),
    Key::default("shortest_transcribed_seconds", Count(0, 3_600), "2", "Shorter messages stay sound only."),
    Key::default(
        "longest_transcribed_seconds",
        Count(1, 3_600),
        "120",
        "Messages of this and more stay sound only.",
    ),
    Key::default(
        "transcription_wait_seconds",
        Count(0, 600),
        "60",
        "How long a caller waits for the text, at most.",
    ),
    Key::default("wait_step_seconds", Count(1, 60), "5", "Between two lines spoken while waiting."),
    Key::default(
        "draft_deadline_seconds",
        Count(10, DAY_SECONDS),
        "300",
        "A message that the caller neither kept nor redid is sent after this time.",
    ),
    Key::default(
        "call_deadline_seconds",
        Count(60, DAY_SECONDS),
        "900",
        "A call without a sign of life counts as ended.",
    ),
    Key::default("link_days", Count(1, 3_650), "30", "How long a link to a recording works."),
    Key::optional(
        "fallback_contact",
        Text,
        "none is named",
        "Whom to call when an alert can't be stored, as it is spoken.",
    ),
];

const HUNT: &[Key] = &[
    Key::default(
        "ring",
        Word(&["one", "level"]),
        "\"one\"",
        "Whether people are called one after another, or everybody of a level at the same time.",
    ),
    Key::default(
        "order",
        Word(&["listed", "random", "round_robin"]),
        "\"listed\"",
        "Who of a level comes first: as listed, by lot, or whoever was called longest ago.",
    ),
    Key::default(
        "ring_seconds",
        Count(5, 120),
        "12",
        "How long a phone rings, also about an alert. Carriers add about 5 seconds.",
    ),
    Key::default("rounds", Count(1, 20), "1", "How often everybody is called."),
    Key::default(
        "caller_seconds",
        Count(20, 3600),
        "180",
        "How long a caller waits, at most, before another way is offered.",
    ),
    Key::optional(
        "accept_key",
        Word(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "#"]),
        "any key takes the call, star passes it on",
        "The key that takes the call; any other passes it on.",
    ),
    Key::default(
        "accept_seconds",
        Count(3, 60),
        "10",
        "How long whoever picks up has to press it, after the words.",
    ),
    Key::default(
        "show_caller",
        Flag,
        "false",
        "Whether the people called see the caller's own number, in place of `carrier.caller_id`.",
    ),
    Key::default(
        "detect_machines",
        Flag,
        "false",
        "Whether the carrier listens for answering machines besides, also about an alert; it may charge for that.",
    ),
    Key::default(
        "wait_sound",
        Text,
        "\"ringing\"",
        "What a caller hears between the words: `ringing`, `silence`, or the address of a sound.",
    ),
    Key::default(
        "resolve_at_end",
        Flag,
        "false",
        "Whether the alert of a live call is resolved when the two have talked.",
    ),
];

const CONFERENCE: &[Key] = &[
    Key::optional(
        "number",
        Text,
        "the carrier makes a conference",
        "The number of a conference bridge elsewhere, in which people meet.",
    ),
    Key::optional(
        "code",
        Text,
        "nothing is pressed",
        "What is pressed there, as `1234#`; w waits half a second.",
    ),
];

const ACTION: &[Key] = &[Key::required(
    "kind",
    Word(&["alert", "conference", "live", "alerts"]),
    "What the caller starts: an alert, a call into a conference, or a live call with somebody on call. Or that they hear \
     the open alerts of their groups.",
)];

const TARGET: &[Key] = &[
    Key::optional("name", Text, "another key says who", "The group's name."),
    Key::optional("person", Text, "another key says who", "The person's id, in place of a group."),
    Key::optional("schedule", Text, "another key says who", "The schedule's name, in place of a group."),
    Key::optional("spoken", Text, "the name", "How it is spoken."),
    Key::optional("team", Text, "`voice.team`", "The team whose policy its alerts follow."),
];

pub(super) const RECIPIENT: &[Key] = &[
    Key::optional("person", Text, "another key says who", "A person's id."),
    Key::optional("group", Text, "another key says who", "A group's name."),
    Key::optional("schedule", Text, "another key says who", "A schedule's name."),
];
