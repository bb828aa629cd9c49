//! Somebody who calls again and again, in one of several ways.

use dutyline::exchange::carrier::Dial;
use dutyline::exchange::line::Kind;
use dutyline::exchange::phone_client::PhoneClient;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};
use std::ops::RangeInclusive;
use std::time::Duration;
use tokio::sync::watch;

/// How fast is spoken at the test's exchange.
pub(super) const SPEED: f64 = 40.0;

/// How a call goes, as far as it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Message, key 1.
    Sends,
    /// Message, hangs up in the middle of it.
    HangsUp,
    /// Message, key 5, another message, key 1.
    SpeaksTwice,
    /// Message, star, hangs up.
    Drops,
    /// Hangs up before the message.
    GivesUp,
}

/// What a call came to.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Who called.
    pub(super) name: String,
    /// The lengths of what was recorded.
    pub(super) takes: Vec<u64>,
    way: Way,
    /// Whether the carrier had to apologise: then it may not have passed on the last key.
    is_broken: bool,
}

impl Outcome {
    /// How many alerts there may be of it.
    pub(super) fn allowed(&self) -> RangeInclusive<usize> {
        match self.way {
            _ if self.takes.is_empty() => 0..=0,
            Way::Drops if self.is_broken => 0..=1,
            Way::Drops => 0..=0,
            Way::Sends | Way::HangsUp | Way::SpeaksTwice | Way::GivesUp => 1..=1,
        }
    }
}

/// Somebody who calls.
pub(super) struct Caller {
    who: usize,
    phone: PhoneClient,
    dice: StdRng,
    /// The length of the next take: none is used twice.
    next: u32,
}

/// Somebody's end of a call that is going on.
pub(super) struct OnLine {
    phone: PhoneClient,
    sid: String,
    seen: usize,
    takes: Vec<u64>,
    said: Option<u32>,
    /// Whether the call is over.
    pub(super) is_over: bool,
    /// Whether others were on the line.
    pub(super) is_connected: bool,
    is_broken: bool,
}

impl Caller {
    pub(super) fn new(who: usize, phone: PhoneClient, seed: u64) -> Self {
        Self { who, phone, dice: StdRng::seed_from_u64(seed), next: 4 }
    }

    pub(super) fn number(who: usize) -> String {
        format!("+1555020{who}")
    }

    pub(super) fn name(who: usize) -> String {
        format!("Caller {who}")
    }

    /// Calls until told to stop, and then once more, so that the last kill is followed by a call.
    pub(super) async fn call_until(mut self, done: watch::Receiver<bool>) -> Vec<Outcome> {
        let mut outcomes = vec![];
        loop {
            let was_done = *done.borrow();
            outcomes.push(self.call().await);
            if was_done {
                return outcomes;
            }
        }
    }

    async fn call(&mut self) -> Outcome {
        let way = match self.dice.random_range(0..10) {
            0..=3 => Way::Sends,
            4..=5 => Way::HangsUp,
            6..=7 => Way::SpeaksTwice,
            8 => Way::Drops,
            _ => Way::GivesUp,
        };
        let mut line = self.dial().await;
        self.go(way, &mut line).await;
        line.hang_up().await;
        Outcome { name: Self::name(self.who), takes: line.takes, way, is_broken: line.is_broken }
    }

    async fn dial(&self) -> OnLine {
        OnLine::dial(&self.phone, &Self::number(self.who)).await
    }

    /// Calls, and says something; the recording goes on.
    pub(super) async fn begin_to_speak(&mut self) -> OnLine {
        let mut line = self.dial().await;
        line.hears("Press 1 to alert").await;
        line.press("1").await;
        line.hears("Press 1 for").await;
        line.press("1").await;
        line.speaks(self.take()).await;
        line
    }

    async fn go(&mut self, way: Way, line: &mut OnLine) {
        line.hears("Press 1 to alert").await;
        line.press("1").await;
        line.hears("Press 1 for").await;
        if way == Way::GivesUp {
            return;
        }
        line.press("1").await;
        line.speaks(self.take()).await;
        match way {
            Way::Sends => line.press("1").await,
            Way::Drops => line.press("*").await,
            Way::SpeaksTwice => {
                line.press("5").await;
                line.speaks(self.take()).await;
                line.press("1").await;
            }
            Way::HangsUp | Way::GivesUp => return,
        }
        line.hears(if way == Way::Drops { "was dropped" } else { "is open" }).await;
    }

    fn take(&mut self) -> u32 {
        self.next += 1;
        self.next
    }
}

impl OnLine {
    /// The phone of that call.
    pub(super) const fn of(phone: PhoneClient, sid: String) -> Self {
        Self {
            phone,
            sid,
            seen: 0,
            takes: vec![],
            said: None,
            is_over: false,
            is_connected: false,
            is_broken: false,
        }
    }

    /// Dials from that number.
    pub(super) async fn dial(phone: &PhoneClient, from: &str) -> Self {
        let dial = Dial { from: Some(from.to_owned()), ..Dial::default() };
        let sid = phone.dial(&dial).await.unwrap();
        Self::of(phone.clone(), sid)
    }

    /// Picks up; whether it rang.
    pub(super) async fn pick_up(&self) -> bool {
        self.phone.pick_up(&self.sid).await.unwrap()
    }

    /// Declines.
    pub(super) async fn decline(&self) {
        self.phone.decline(&self.sid).await.unwrap();
    }

    /// Waits until the call is over.
    pub(super) async fn is_cut_off(&mut self) {
        self.until(|_, _| false).await;
    }

    /// Waits until that happens, or the call is over.
    pub(super) async fn comes_to(&mut self, what: Kind) {
        self.until(|kind, _| kind == what).await;
    }

    /// Waits until others are on the line, the caller is offered something else, or the call is over.
    pub(super) async fn connected_or_offered(&mut self) {
        self.until(|kind, text| kind == Kind::Connected || text.contains("to leave a message.")).await;
    }

    /// Hangs up, and waits for nothing.
    pub(super) async fn puts_down(&mut self) {
        self.phone.hang_up(&self.sid).await.unwrap();
    }

    /// Listens for so long, or until the call is over.
    pub(super) async fn listens(&mut self, time: Duration) {
        let until = std::time::Instant::now() + time;
        while let Some(rest) = until.checked_duration_since(std::time::Instant::now())
            && !self.is_over
        {
            self.listen(rest, |_, _| false).await;
        }
    }

    /// Hangs up while the recording goes on.
    pub(super) async fn hang_up_in_the_middle(mut self) -> Outcome {
        self.hang_up().await;
        Outcome { name: Caller::name(0), takes: self.takes, way: Way::HangsUp, is_broken: false }
    }

    /// Waits until that is said, or the call is over.
    pub(super) async fn hears(&mut self, words: &str) {
        self.until(|kind, text| kind == Kind::Heard && text.contains(words)).await;
    }

    /// Waits for the beep and speaks for so many seconds of the carrier's time.
    async fn speaks(&mut self, seconds: u32) {
        self.until(|kind, _| kind == Kind::Beep).await;
        if self.is_over {
            return;
        }
        self.said = Some(seconds);
        self.phone.say(&self.sid, "Pumps are down", Some(seconds)).await.unwrap();
        let time = Duration::from_secs_f64(f64::from(seconds) / SPEED) + Duration::from_millis(100);
        self.listens(time).await;
    }

    pub(super) async fn press(&mut self, key: &str) {
        if !self.is_over {
            self.phone.press(&self.sid, key).await.unwrap();
        }
    }

    pub(super) async fn hang_up(&mut self) {
        if !self.is_over {
            self.phone.hang_up(&self.sid).await.unwrap();
            self.until(|_, _| false).await;
        }
    }

    /// Listens until something happens; a minute of nothing is a test that hangs.
    async fn until(&mut self, what: impl Fn(Kind, &str) -> bool) {
        for _ in 0..60 {
            if self.is_over || self.listen(Duration::from_secs(1), &what).await {
                return;
            }
        }
        panic!("nothing happens on the line any more");
    }

    async fn listen(&mut self, wait: Duration, what: impl Fn(Kind, &str) -> bool) -> bool {
        for event in self.phone.events(&self.sid, self.seen, wait).await.unwrap() {
            self.seen = event.n;
            if event.kind == Kind::Recorded && !event.text.is_empty() {
                self.takes.extend(self.said.take().map(u64::from));
            }
            self.is_broken |= event.kind == Kind::Trouble;
            self.is_over |= event.kind.is_end();
            self.is_connected |= event.kind == Kind::Connected;
            if what(event.kind, &event.text) {
                return true;
            }
        }
        false
    }
}
