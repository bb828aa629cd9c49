//! Plays a script on a stage.

use std::fmt;

use jiff::SignedDuration;

use super::{CallerId, Line, Script, SeenAlert, Stage, StageError, Step, WantedAlert, WantedMessage};
use crate::exchange::{
    behaviour::{Behaviour, Transcribing},
    carrier::Dial,
    leg::APPLICATION_ERROR,
    line::{Arrived, Kind, LineEvent},
    transcript,
};

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
            return Err(failure(script, line, problem, player.everything().await));
        }
    }
    if let Err(error) = player.look().await {
        return Err(failure(script, last, error.into(), player.everything().await));
    }
    for line in &script.lines {
        if let Step::NeverHears(text) = &line.step
            && player.has_heard(text)
        {
            let problem = Problem("it was said".to_owned());
            return Err(failure(script, line, problem, player.everything().await));
        }
    }
    if !script.lines.iter().any(expects_the_apology) && player.has_heard(APPLICATION_ERROR) {
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
    matches!(&line.step, Step::Hears(text) if contains(APPLICATION_ERROR, text))
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
    /// The calls before the present one.
    past: Vec<Vec<LineEvent>>,
    /// The present call.
    line: Vec<LineEvent>,
    calling: bool,
    /// The first event that no line has dealt with, and how much of its text has been.
    next: (usize, usize),
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
            line: Vec::new(),
            calling: false,
            next: (0, 0),
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
                if self.find(text).is_some() {
                    return Err(Problem("it was said".to_owned()));
                }
            }
            Step::NeverHears(_) => {}
            Step::Press(keys) => {
                self.line_answers().await?;
                self.next = (self.line.len(), 0);
                self.stage.press(keys).await?;
            }
            Step::Silence => self.silence().await?,
            Step::Records { text, seconds } => self.records(text, *seconds).await?,
            Step::Wait(seconds) => self.wait(SignedDuration::from_secs(i64::from(*seconds))).await?,
            Step::HangsUp => {
                self.look().await?;
                self.next = (self.line.len(), 0);
                self.stage.hang_up().await?;
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
            CallerId::Person(person) => match self.stage.number_of(person) {
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
            self.past.push(std::mem::take(&mut self.line));
        }
        self.calling = true;
        self.next = (0, 0);
        Ok(self.stage.dial(self.dial.clone()).await?)
    }

    /// Nobody presses a key before the other side has said its first word.
    async fn line_answers(&mut self) -> Result<(), Problem> {
        let mut patience = Patience::new(self.stage.patience());
        self.look().await?;
        while !self.is_over() && !self.line.iter().any(|event| event.kind == Kind::Heard) {
            patience.a_while(self.stage, "the line does not answer").await?;
            self.look().await?;
        }
        Ok(())
    }

    async fn hears(&mut self, text: &str) -> Result<(), Problem> {
        let mut patience = Patience::new(self.stage.patience());
        loop {
            self.look().await?;
            if let Some(next) = self.find(text) {
                self.next = next;
                return Ok(());
            }
            if self.is_over() {
                return Err(Problem("it was not said until the call ended".to_owned()));
            }
            patience.a_while(self.stage, "it was not said").await?;
        }
    }

    async fn silence(&mut self) -> Result<(), Problem> {
        self.look().await?;
        let known = self.line.len();
        let mut patience = Patience::new(self.stage.patience());
        while !self.line.iter().skip(known).any(|event| event.kind == Kind::Heard) {
            if self.is_over() {
                return Err(Problem("nothing was said until the call ended".to_owned()));
            }
            patience.a_while(self.stage, "nothing was said").await?;
            self.look().await?;
        }
        self.next = self.next.max((known, 0));
        Ok(())
    }

    async fn records(&mut self, text: &str, seconds: u32) -> Result<(), Problem> {
        let mut patience = Patience::new(self.stage.patience());
        self.look().await?;
        while !self.is_recording() {
            if self.is_over() {
                return Err(Problem("no recording began until the call ended".to_owned()));
            }
            patience.a_while(self.stage, "no recording began").await?;
            self.look().await?;
        }
        self.next = (self.line.len(), 0);
        self.stage.say(text, seconds).await?;
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
            match self.line.iter().find(|event| event.kind.is_end()) {
                Some(end) if end.kind == Kind::Ended => return Ok(()),
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
        if self.calling {
            self.line = self.stage.line().await?;
        }
        Ok(())
    }

    /// Where the text ends in what no line has dealt with yet.
    fn find(&self, text: &str) -> Option<(usize, usize)> {
        let (first, dealt_with) = self.next;
        let wanted = text.to_lowercase();
        let mut unheard =
            self.line.iter().enumerate().skip(first).filter(|(_, event)| event.kind == Kind::Heard);
        unheard.find_map(|(n, event)| {
            let said = event.text.to_lowercase();
            let from = if n == first { dealt_with } else { 0 };
            let at = said.get(from..)?.find(&wanted)?;
            Some((n, from + at + wanted.len()))
        })
    }

    fn is_over(&self) -> bool {
        self.line.iter().any(|event| event.kind.is_end())
    }

    fn is_recording(&self) -> bool {
        let last = self.line.iter().rev().map(|event| event.kind);
        last.filter(|kind| matches!(kind, Kind::Beep | Kind::Recording | Kind::Recorded))
            .map(|kind| kind != Kind::Recorded)
            .next()
            .unwrap_or_default()
    }

    fn has_heard(&self, text: &str) -> bool {
        let events = self.past.iter().flatten().chain(&self.line);
        events.filter(|event| event.kind == Kind::Heard).any(|event| contains(&event.text, text))
    }

    /// The transcript of all that happened. What can't be asked for any more is left out.
    async fn everything(&mut self) -> String {
        let messages = self.stage.messages().await.unwrap_or_default();
        let calls: Vec<&[LineEvent]> = self.past.iter().chain([&self.line]).map(Vec::as_slice).collect();
        transcript::render(&calls, &messages)
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
        && wanted.saying.as_ref().is_none_or(|wanted| contains(text, wanted))
}

fn describe(alert: &SeenAlert) -> String {
    let SeenAlert { recipients, from, severity, text, id: _ } = alert;
    format!(
        "for {} from {from:?} severity {severity} saying {:?}",
        recipients.join(", "),
        text.as_deref().unwrap_or_default()
    )
}
