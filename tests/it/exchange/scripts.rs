//! Scripts on a stage whose time is moved by hand.

use async_trait::async_trait;
use dutyline::exchange::behaviour::Behaviour;
use dutyline::exchange::carrier::{CallTo, Dial};
use dutyline::exchange::line::{Arrived, LineEvent};
use dutyline::exchange::script::{SeenAlert, Stage, StageError, parse, run};
use dutyline::ports::clock::Clock;
use jiff::SignedDuration;

use super::world::{CALLER, Reply, World, xml};

/// A stage in one process. The gateway is too small for alerts, so the recording's action stands for one.
pub(super) struct Here {
    pub(super) world: World,
}

impl Here {
    async fn with_a_menu() -> Self {
        let world = World::start(|seen| match (seen.path.as_str(), seen.field("Digits")) {
            ("/voice", _) => xml(
                "<Gather input=\"dtmf\" action=\"HOST/menu\" numDigits=\"1\"><Say>Welcome. Press 1 to alert.</Say>\
                 </Gather><Redirect>HOST/voice</Redirect>",
            ),
            ("/menu", Some("1")) => xml("<Say>Speak.</Say><Record action=\"HOST/recorded\" timeout=\"0\"/>"),
            ("/menu", Some("9")) => Reply::Status(500),
            ("/menu", _) => xml("<Say>Invalid.</Say><Redirect>HOST/voice</Redirect>"),
            ("/recorded", _) => xml("<Say>Your message was sent.</Say>"),
            _ => Reply::Status(204),
        })
        .await;
        Self { world }
    }
}

fn gone(error: impl std::fmt::Display) -> StageError {
    StageError(error.to_string())
}

#[async_trait]
impl Stage for Here {
    fn phones_of(&self, person: &str) -> Vec<String> {
        let people = [("ada", CALLER), ("ben", "+15550101"), ("ben", "+15550111"), ("cleo", "+15550102")];
        let theirs = people.into_iter().filter(|(id, _)| *id == person);
        theirs.map(|(_, number)| number.to_owned()).collect()
    }

    fn addresses_of(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    async fn dial(&mut self, dial: Dial) -> Result<String, StageError> {
        let call = self.world.exchange.dial(dial);
        self.world.exchange.settle().await;
        Ok(call)
    }

    async fn press(&mut self, calls: &[String], keys: &str) -> Result<(), StageError> {
        for call in calls {
            self.world.exchange.press(call, keys).map_err(gone)?;
        }
        self.world.exchange.settle().await;
        Ok(())
    }

    async fn say(&mut self, call: &str, text: &str, seconds: u32) -> Result<(), StageError> {
        let length = SignedDuration::from_secs(seconds.into());
        self.world.exchange.say(call, text, length).map_err(gone)?;
        Ok(())
    }

    async fn hang_up(&mut self, calls: &[String]) -> Result<(), StageError> {
        for call in calls {
            self.world.exchange.hang_up(call).map_err(gone)?;
        }
        self.world.exchange.settle().await;
        Ok(())
    }

    async fn text(&mut self, from: &str, text: &str) -> Result<(), StageError> {
        self.world.exchange.text(from, text);
        self.world.exchange.settle().await;
        Ok(())
    }

    async fn pick_up(&mut self, calls: &[String]) -> Result<(), StageError> {
        for call in calls {
            self.world.exchange.pick_up(call).map_err(gone)?;
        }
        self.world.exchange.settle().await;
        Ok(())
    }

    async fn decline(&mut self, calls: &[String]) -> Result<(), StageError> {
        for call in calls {
            self.world.exchange.decline(call).map_err(gone)?;
        }
        self.world.exchange.settle().await;
        Ok(())
    }

    async fn calls_to(&mut self, number: &str, after: usize) -> Result<Vec<CallTo>, StageError> {
        Ok(self.world.exchange.calls_to(number, after))
    }

    async fn ringing(&mut self) -> Result<usize, StageError> {
        Ok(self.world.exchange.ringing())
    }

    async fn behave(&mut self, behaviour: &Behaviour) -> Result<(), StageError> {
        self.world.exchange.behave(behaviour.clone());
        Ok(())
    }

    async fn line(&mut self, call: &str) -> Result<Vec<LineEvent>, StageError> {
        self.world.exchange.line(call, 0).map_err(gone)
    }

    async fn alerts(&mut self) -> Result<Vec<SeenAlert>, StageError> {
        let seen = self.world.seen();
        let recorded = seen.iter().filter(|seen| seen.path == "/recorded");
        let alert = |seen: &super::world::Seen| SeenAlert {
            id: seen.token.clone(),
            recipients: vec!["Database".to_owned()],
            from: "Ada Admin".to_owned(),
            severity: "high".to_owned(),
            text: seen.field("RecordingDuration").map(|seconds| format!("{seconds} seconds")),
            ..SeenAlert::default()
        };
        Ok(recorded.map(alert).collect())
    }

    async fn messages(&mut self) -> Result<Vec<Arrived>, StageError> {
        Ok(self.world.exchange.arrived(0))
    }

    async fn pass(&mut self, at_most: SignedDuration) -> Result<SignedDuration, StageError> {
        let begun = self.world.clock.now();
        let latest = begun + at_most;
        let until = self.world.exchange.next_due().map_or(latest, |due| due.clamp(begun, latest));
        self.world.clock.set(until);
        self.world.exchange.settle().await;
        Ok(until.duration_since(begun))
    }

    fn spoken(&self, seconds: u32) -> SignedDuration {
        SignedDuration::from_secs(seconds.into())
    }

    fn patience(&self) -> SignedDuration {
        SignedDuration::from_mins(5)
    }
}

/// Plays a script; what it says in the end, or how it fails.
async fn play(text: &str) -> Result<String, String> {
    let script = parse("test.call", text).unwrap();
    let mut stage = Here::with_a_menu().await;
    run(&script, &mut stage).await.map_err(|failure| failure.to_string())
}

#[tokio::test]
async fn a_whole_call() {
    let transcript = play(
        "# Ada is in a hurry
         caller ada
         dial
         hears \"welcome\"
         hears \"Press 1\"       # in the same breath
         press 5
         hears \"Invalid\"
         silence
         hears \"Press 1\"
         press 1
         records \"Pumps are down\" for 14 seconds
         press #
         hears \"was sent\"
         does not hear \"Press 1\"
         never hears \"Goodbye\"
         call ends
         alert for \"Database\" from \"Ada Admin\" saying \"14 seconds\" severity high
         alerts 1
         no sms to ada",
    )
    .await
    .unwrap();
    insta::assert_snapshot!(transcript, @r#"
     0.0  caller dials
     0.0  line   "Welcome. Press 1 to alert."
     0.0  caller presses 5
     0.0  line   (stops speaking)
     0.0  line   "Invalid."
     0.5  line   "Welcome. Press 1 to alert."
     0.5  caller presses 1
     0.5  line   (stops speaking)
     0.5  line   "Speak."
     0.9  line   (beep, recording)
     0.9  caller says "Pumps are down"
    14.9  caller presses #
    14.9  line   (recorded "Pumps are down")
    14.9  line   "Your message was sent."
    16.4  line   (hangs up)
    "#);
}

#[tokio::test]
async fn a_second_call_starts_afresh() {
    play("dial\nhears \"welcome\"\nhangs up\ncaller withheld\ndial\nhears \"welcome\"\nhangs up\nno alert")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_failure_names_its_line_and_shows_what_happened() {
    let failure =
        play("dial\nhears \"welcome\"\npress 1\nrecords \"x\"\nhears \"Press 1\"").await.unwrap_err();
    insta::assert_snapshot!(failure, @r#"
    test.call:5: hears "Press 1"
       it was not said

        0.0  caller dials
        0.0  line   "Welcome. Press 1 to alert."
        0.0  caller presses 1
        0.0  line   (stops speaking)
        0.0  line   "Speak."
        0.4  line   (beep, recording)
        0.4  caller says "x"
    "#);
}

#[tokio::test]
async fn what_was_heard_before_the_caller_did_something_does_not_count() {
    let failure = play("dial\nhears \"welcome\"\npress 1\nhears \"Press 1\"\n").await.unwrap_err();
    assert!(failure.starts_with("test.call:4: hears \"Press 1\"\n   it was not said"), "{failure}");
}

#[tokio::test]
async fn the_carrier_may_not_have_to_apologise() {
    let failure = play("dial\nhears \"welcome\"\npress 9\ncall ends").await.unwrap_err();
    assert!(failure.contains("apologise"), "{failure}");
    play("dial\nhears \"welcome\"\npress 9\nhears \"application error\"\ncall ends").await.unwrap();
}

#[tokio::test]
async fn every_expectation_can_fail() {
    for (step, problem) in [
        ("does not hear \"Welcome\"", "it was said"),
        ("never hears \"welcome\"", "it was said"),
        ("alerts 1", "there are 0"),
        ("alert for \"Database\"", "there is no such alert"),
        ("sms to ada", "no such message"),
        ("hangs up\ncall ends", "it was the caller who hung up"),
        ("hangs up\nhears \"x\"", "it was not said until the call ended"),
        ("hangs up\nrecords \"x\"", "no recording began until the call ended"),
        ("hangs up\nsilence", "nothing was said until the call ended"),
        ("caller bob", "the settings have no phone of `bob`"),
    ] {
        let failure = play(&format!("dial\n{step}")).await.unwrap_err();
        assert!(failure.contains(problem), "{step}: {failure}");
    }
}
