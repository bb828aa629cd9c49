//! Plays a script on a stage.

mod ear;
mod others;

use std::{collections::BTreeMap, fmt};

use jiff::SignedDuration;

use super::{CallerId, Deed, Line, Script, SeenAlert, Stage, StageError, Step, WantedAlert, WantedMessage};
use crate::exchange::{
    behaviour::{Behaviour, Transcribing},
    carrier::Dial,
    leg::APPLICATION_ERROR,
    line::{Arrived, Kind, LineEvent},
    transcript::{self, Side},
};
use ear::Ear;

/// Why a script failed, and all that happened until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The script.
    pub name: String,
    /// The line at which it failed.
    pub line: usize,
    /// That line.
    pub text: String,
    /// What is wrong.
    pub problem: String,
    /// The conversations until then.
    pub transcript: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}:{}: {}", self.name, self.line, self.text)?;
        writeln!(f, "   {}", self.problem)?;
        write!(f, "\n{}", self.transcript)
    }
}

impl std::error::Error for Failure {}

/// Plays a script from its first line to its last, on a carrier that behaves as it should until a line says
/// otherwise. Returns the transcript.
pub async fn run(script: &Script, stage: &mut dyn Stage) -> Result<String, Failure> {
    let Some(last) = script.lines.last() else { return Ok(String::new()) };
    let mut player = Player::new(stage);
    if let Err(error) = player.stage.behave(&player.behaviour).await {
        return Err(failure(script, last, error.into(), String::new()));
    }
    for line in &script.lines {
        if let Err(problem) = player.play(&line.step).await {
            // What the phones can't say any more is left out.
            drop(player.look_everywhere().await);
            return Err(failure(script, line, problem, player.everything().await));
        }
    }
    if let Err(error) = player.look_everywhere().await {
        return Err(failure(script, last, error, player.everything().await));
    }
    for line in &script.lines {
        if let Step::NeverHears(text) = &line.step
            && player.has_heard(text)
        {
            let problem = Problem("it was said".to_owned());
            return Err(failure(script, line, problem, player.everything().await));
        }
    }
    if !script.lines.iter().any(expects_the_apology) && player.anybody_has_heard(APPLICATION_ERROR) {
        let problem = Problem("the carrier had to apologise for the gateway".to_owned());
        return Err(failure(script, last, problem, player.everything().await));
    }
    Ok(player.everything().await)
}

fn failure(script: &Script, line: &Line, problem: Problem, transcript: String) -> Failure {
    Failure {
        name: script.name.clone(),
        line: line.number,
        text: line.text.clone(),
        problem: problem.0,
        transcript,
    }
}

fn expects_the_apology(line: &Line) -> bool {
    if let Step::Hears(text) | Step::Others { deed: Deed::Hears(text), .. } = &line.step {
        contains(APPLICATION_ERROR, text)
    } else {
        false
    }
}

/// What is wrong, in words.
struct Problem(String);

impl From<StageError> for Problem {
    fn from(error: StageError) -> Self {
        Self(error.0)
    }
}

/// One who plays the caller, and remembers.
struct Player<'a> {
    stage: &'a mut dyn Stage,
    dial: Dial,
    behaviour: Behaviour,
    /// The calls before the present ones, and whose phone they were at; `None`: the caller's.
    past: Vec<(Option<String>, Vec<LineEvent>)>,
    /// The present call of the caller.
    caller: Ear,
    calling: bool,
    /// Other people's phones that a line has spoken of, by number.
    phones: BTreeMap<String, Ear>,
    /// What they are called.
    names: BTreeMap<String, String>,
    /// Alerts and messages that a line has asked for.
    alerts_taken: Vec<String>,
    messages_taken: Vec<usize>,
}

impl<'a> Player<'a> {
    fn new(stage: &'a mut dyn Stage) -> Self {
        Self {
            stage,
            dial: Dial::default(),
            behaviour: Behaviour::default(),
            past: Vec::new(),
            caller: Ear::default(),
            calling: false,
            phones: BTreeMap::new(),
            names: BTreeMap::new(),
            alerts_taken: Vec::new(),
            messages_taken: Vec::new(),
        }
    }

    async fn play(&mut self, step: &Step) -> Result<(), Problem> {
        match step {
            Step::Caller(caller) => self.dial = Dial { from: self.from(caller)?, attestation: None },
            Step::Attestation(word) => self.dial.attestation = Some(word.clone()),
            Step::Transcription(transcribing) => self.transcribe(*transcribing).await?,
            Step::Fault(fault) => {
                self.behaviour.faults.insert(*fault);
                self.stage.behave(&self.behaviour).await?;
            }
            Step::Dial => self.pick_up().await?,
            Step::Hears(text) => self.hears(text).await?,
            Step::DoesNotHear(text) => {
                self.look().await?;
                if self.caller.find(text).is_some() {
                    return Err(Problem("it was said".to_owned()));
                }
            }
            Step::NeverHears(_) => {}
            Step::Press(keys) => {
                self.line_answers().await?;
                self.caller.turn_page();
                let call = self.call();
                self.stage.press(&call, keys).await?;
            }
            Step::Silence => self.silence().await?,
            Step::Records { text, seconds } => self.records(text, *seconds).await?,
            Step::Says { text, seconds } => self.says(text, *seconds).await?,
            Step::Connected => self.connected("nobody else is on the line").await?,
            Step::Handset { phones, handset } => self.handsets(phones, handset).await?,
            Step::Others { phones, deed } => self.others(phones, deed).await?,
            Step::NobodyRings => self.nobody_rings().await?,
            Step::Wait(seconds) => self.wait(SignedDuration::from_secs(i64::from(*seconds))).await?,
            Step::HangsUp => {
                self.look().await?;
                self.caller.turn_page();
                let call = self.call();
                self.stage.hang_up(&call).await?;
                self.look().await?;
            }
            Step::CallEnds => self.call_ends().await?,
            Step::Alert(wanted) => self.alert(wanted).await?,
            Step::Alerts(count) => self.alerts(*count).await?,
            Step::Message(wanted) => self.message(wanted).await?,
            Step::NoMessage(wanted) => {
                let arrived = self.stage.messages().await?;
                if arrived.iter().any(|message| self.is_wanted(wanted, message)) {
                    return Err(Problem("there is one".to_owned()));
                }
            }
        }
        Ok(())
    }

    fn from(&self, caller: &CallerId) -> Result<Option<String>, Problem> {
        match caller {
            CallerId::Raw(raw) => Ok(Some(raw.clone())),
            CallerId::Absent => Ok(None),
            CallerId::Person(person) => match self.stage.phones_of(person).into_iter().next() {
                Some(number) => Ok(Some(number)),
                None => Err(Problem(format!("the settings have no phone of `{person}`"))),
            },
        }
    }

    async fn transcribe(&mut self, transcribing: Transcribing) -> Result<(), Problem> {
        self.behaviour.transcription = transcribing;
        Ok(self.stage.behave(&self.behaviour).await?)
    }

    async fn pick_up(&mut self) -> Result<(), Problem> {
        if self.calling {
            self.look().await?;
            self.past.push((None, std::mem::take(&mut self.caller).line));
        }
        self.caller = Ear::to(self.stage.dial(self.dial.clone()).await?, 1);
        self.calling = true;
        Ok(())
    }

    /// The present call of the caller, as stages want it.
    fn call(&self) -> Vec<String> {
        self.caller.sid.iter().cloned().collect()
    }

    /// Nobody presses a key before the other side has said its first word.
    async fn line_answers(&mut self) -> Result<(), Problem> {
        let mut patience = Patience::new(self.stage.patience());
        self.look().await?;
        while !self.caller.is_over() && !self.caller.has(Kind::Heard) {
            patience.a_while(self.stage, "the line does not answer").await?;
            self.look().await?;
        }
        Ok(())
    }

    async fn hears(&mut self, text: &str) -> Result<(), Problem> {
        let mut patience = Patience::new(self.stage.patience());
        loop {
            self.look().await?;
            if self.caller.hear(text) {
                return Ok(());
            }
            if self.caller.is_over() {
                return Err(Problem("it was not said until the call ended".to_owned()));
            }
            patience.a_while(self.stage, "it was not said").await?;
        }
    }

    async fn silence(&mut self) -> Result<(), Problem> {
        self.look().await?;
        let known = self.caller.line.len();
        let mut patience = Patience::new(self.stage.patience());
        while !self.caller.line.iter().skip(known).any(|event| event.kind == Kind::Heard) {
            if self.caller.is_over() {
                return Err(Problem("nothing was said until the call ended".to_owned()));
            }
            patience.a_while(self.stage, "nothing was said").await?;
            self.look().await?;
        }
        self.caller.turn_page_to(known);
        Ok(())
    }

    async fn says(&mut self, text: &str, seconds: u32) -> Result<(), Problem> {
        self.connected("nobody would hear it").await?;
        for call in self.call() {
            self.stage.say(&call, text, seconds).await?;
        }
        Ok(())
    }

    async fn connected(&mut self, or_else: &str) -> Result<(), Problem> {
        let mut patience = Patience::new(self.stage.patience());
        self.look().await?;
        while !self.caller.is_connected() {
            if self.caller.is_over() {
                return Err(Problem(format!("{or_else} until the call ended")));
            }
            patience.a_while(self.stage, or_else).await?;
            self.look().await?;
        }
        Ok(())
    }

    async fn records(&mut self, text: &str, seconds: u32) -> Result<(), Problem> {
        let mut patience = Patience::new(self.stage.patience());
        self.look().await?;
        while !self.caller.is_recording() {
            if self.caller.is_over() {
                return Err(Problem("no recording began until the call ended".to_owned()));
            }
            patience.a_while(self.stage, "no recording began").await?;
            self.look().await?;
        }
        self.caller.turn_page();
        for call in self.call() {
            self.stage.say(&call, text, seconds).await?;
        }
        self.wait(self.stage.spoken(seconds)).await
    }

    async fn wait(&mut self, span: SignedDuration) -> Result<(), Problem> {
        let mut left = span;
        while left > SignedDuration::ZERO {
            left = left.saturating_sub(self.stage.pass(left).await?);
        }
        Ok(self.look().await?)
    }

    async fn call_ends(&mut self) -> Result<(), Problem> {
        let mut patience = Patience::new(self.stage.patience());
        loop {
            self.look().await?;
            match self.caller.end() {
                Some(Kind::Ended) => return Ok(()),
                Some(_) => return Err(Problem("it was the caller who hung up".to_owned())),
                None => patience.a_while(self.stage, "the call goes on").await?,
            }
        }
    }

    async fn alert(&mut self, wanted: &WantedAlert) -> Result<(), Problem> {
        let mut patience = Patience::new(self.stage.patience());
        loop {
            let alerts = self.stage.alerts().await?;
            let found =
                alerts.iter().find(|alert| !self.alerts_taken.contains(&alert.id) && is_like(alert, wanted));
            if let Some(found) = found {
                self.alerts_taken.push(found.id.clone());
                return Ok(());
            }
            patience.a_while(self.stage, "there is no such alert").await.map_err(|Problem(problem)| {
                let there_are: Vec<String> = alerts.iter().map(describe).collect();
                Problem(format!("{problem}; there are {}: {}", alerts.len(), there_are.join("; ")))
            })?;
        }
    }

    async fn alerts(&mut self, count: usize) -> Result<(), Problem> {
        let mut patience = Patience::new(self.stage.patience());
        loop {
            let there_are = self.stage.alerts().await?.len();
            if there_are == count {
                return Ok(());
            }
            let problem = format!("there are {there_are}");
            if there_are > count {
                return Err(Problem(problem));
            }
            patience.a_while(self.stage, &problem).await?;
        }
    }

    async fn message(&mut self, wanted: &WantedMessage) -> Result<(), Problem> {
        let mut patience = Patience::new(self.stage.patience());
        loop {
            let arrived = self.stage.messages().await?;
            let found = arrived
                .iter()
                .find(|message| !self.messages_taken.contains(&message.n) && self.is_wanted(wanted, message));
            if let Some(found) = found {
                self.messages_taken.push(found.n);
                return Ok(());
            }
            let problem = format!("no such message among {}", arrived.len());
            patience.a_while(self.stage, &problem).await?;
        }
    }

    fn is_wanted(&self, wanted: &WantedMessage, message: &Arrived) -> bool {
        let mut addresses = self.stage.addresses_of(&wanted.to);
        addresses.push(wanted.to.clone());
        let is_theirs = addresses.iter().any(|address| address.eq_ignore_ascii_case(&message.to));
        let says = |text: &String| contains(&message.text, text) || contains(&message.subject, text);
        message.kind == wanted.road && is_theirs && wanted.containing.as_ref().is_none_or(says)
    }

    async fn look(&mut self) -> Result<(), StageError> {
        if let Some(call) = &self.caller.sid {
            self.caller.line = self.stage.line(call).await?;
        }
        Ok(())
    }

    fn has_heard(&self, text: &str) -> bool {
        let past = self.past.iter().filter(|(who, _)| who.is_none()).flat_map(|(_, line)| line);
        past.chain(&self.caller.line)
            .filter(|event| event.kind == Kind::Heard)
            .any(|event| contains(&event.text, text))
    }

    /// Whether anybody heard this in any call.
    fn anybody_has_heard(&self, text: &str) -> bool {
        let present = self.phones.values().chain([&self.caller]).flat_map(|ear| &ear.line);
        let mut events = self.past.iter().flat_map(|(_, line)| line).chain(present);
        events.any(|event| event.kind == Kind::Heard && contains(&event.text, text))
    }

    /// The transcript of all that happened. What can't be asked for any more is left out.
    async fn everything(&mut self) -> String {
        let messages = self.stage.messages().await.unwrap_or_default();
        let present = self.phones.iter().map(|(number, ear)| (Some(number), &ear.line));
        let past = self.past.iter().map(|(number, line)| (number.as_ref(), line));
        let all = past.chain([(None, &self.caller.line)]).chain(present);
        let name = |number: &String| self.names.get(number).unwrap_or(number).clone();
        let all: Vec<_> = all.map(|(number, line)| (number.map(name), line)).collect();
        let sides: Vec<Side<'_>> = all.iter().map(|(who, line)| Side { who: who.as_deref(), line }).collect();
        transcript::render(&sides, &messages)
    }
}

/// How much longer a line waits.
struct Patience {
    left: SignedDuration,
}

impl Patience {
    fn new(left: SignedDuration) -> Self {
        Self { left }
    }

    async fn a_while(&mut self, stage: &mut dyn Stage, or_else: &str) -> Result<(), Problem> {
        if self.left <= SignedDuration::ZERO {
            return Err(Problem(or_else.to_owned()));
        }
        // What is waited for may come without the line's being told, so look again soon.
        let passed = stage.pass(self.left.min(SignedDuration::from_secs(1))).await?;
        self.left = self.left.saturating_sub(passed);
        Ok(())
    }
}

fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

fn is_like(alert: &SeenAlert, wanted: &WantedAlert) -> bool {
    let same = |is: &str, wanted: &Option<String>| {
        wanted.as_ref().is_none_or(|wanted| is.eq_ignore_ascii_case(wanted))
    };
    let text = alert.text.as_deref().unwrap_or_default();
    wanted.recipient.as_ref().is_none_or(|wanted| alert.recipients.contains(wanted))
        && same(&alert.from, &wanted.from)
        && same(&alert.severity, &wanted.severity)
        && same(&alert.state, &wanted.state)
        && same(alert.taken_by.as_deref().unwrap_or_default(), &wanted.by)
        && wanted.saying.as_ref().is_none_or(|wanted| contains(text, wanted))
}

fn describe(alert: &SeenAlert) -> String {
    let SeenAlert { recipients, from, severity, text, state, taken_by, id: _ } = alert;
    let by = taken_by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
    format!(
        "for {} from {from:?} severity {severity} saying {:?} state {state}{by}",
        recipients.join(", "),
        text.as_deref().unwrap_or_default()
    )
}
