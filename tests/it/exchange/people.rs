//! Scripts in which other people's phones ring.

use dutyline::exchange::script::{parse, run};

use super::rest_client::Api;
use super::scripts::Here;
use super::world::{NUMBER, Reply, World, xml};

const BEN: &str = "+15550101";
const CLEO: &str = "+15550102";

/// A gateway that rings Ben and Cleo at once, and asks who picks up first.
async fn stage() -> Here {
    let world = World::start(|seen| match (seen.path.as_str(), seen.field("Digits")) {
        ("/voice", _) => xml(&format!(
            "<Say>Please wait.</Say><Dial action=\"HOST/dialled\" timeout=\"12\">\
             <Number url=\"HOST/whisper\">{BEN}</Number><Number url=\"HOST/whisper\">{CLEO}</Number></Dial>"
        )),
        ("/whisper", _) => xml(
            "<Gather input=\"dtmf\" action=\"HOST/accept\" numDigits=\"1\"><Say>Press 1 to accept.</Say></Gather>\
             <Hangup/>",
        ),
        ("/accept", Some("1")) => xml(""),
        ("/accept", _) => xml("<Hangup/>"),
        ("/dialled", _) => xml("<Say>Nobody is there.</Say>"),
        ("/ask", _) => xml(
            "<Gather input=\"dtmf\" action=\"HOST/first\" numDigits=\"1\"><Say>Press 1.</Say></Gather>",
        ),
        ("/first", _) => xml("<Say>Thank you.</Say>"),
        _ => Reply::Status(204),
    })
    .await;
    Here { world }
}

/// Plays a script; what it says in the end, or how it fails.
async fn play(text: &str) -> Result<String, String> {
    let script = parse("test.call", text).unwrap();
    run(&script, &mut stage().await).await.map_err(|failure| failure.to_string())
}

#[tokio::test]
async fn somebody_answers_and_both_really_talk() {
    let transcript = play(
        "ben does not answer
         cleo answers after 3 seconds
         caller ada
         dial
         hears \"wait\"
         ben's phone rings
         cleo hears \"Press 1\"
         ben's phone stops ringing
         cleo presses 1
         connected
         says \"Ada here\"
         cleo hears \"ada here\"
         cleo says \"Cleo here\"
         ada hears \"Cleo here\"
         ada says \"The pumps are down\"
         cleo hears \"pumps\"
         cleo does not hear \"accept\"
         wait 10 seconds
         cleo hangs up
         hears \"Nobody\"
         call ends
         nobody's phone rings",
    )
    .await
    .unwrap();
    insta::assert_snapshot!(transcript, @r#"
     0.0  caller dials
     0.0  line   "Please wait."
     0.8  line   (ringing)
     0.8  ben's phone rings
     0.8  cleo's phone rings
     3.8  line   (connected)
     3.8  caller says "Ada here"
     3.8  voice  "Cleo here"
     3.8  caller says "The pumps are down"
     3.8  ben's phone stops ringing
     3.8  cleo picks up
     3.8  cleo hears "Press 1 to accept."
     3.8  cleo presses 1
     3.8  cleo's line stops speaking
     3.8  cleo is connected
     3.8  cleo hears somebody say "Ada here"
     3.8  cleo says "Cleo here"
     3.8  cleo hears somebody say "The pumps are down"
    13.8  line   (no longer connected)
    13.8  line   "Nobody is there."
    13.8  cleo hangs up
    14.9  line   (hangs up)
    "#);
}

#[tokio::test]
async fn people_pick_up_decline_and_are_cut_off() {
    play(
        "caller ada
         dial
         ben's phone and cleo's phone ring
         ben declines
         cleo picks up
         cleo hears \"Press 1\"
         cleo presses 1
         cleo is connected
         hangs up
         cleo is cut off
         ben's phone does not ring
         # A second call is another matter.
         dial
         ben's phone rings
         ben picks up
         ben hears \"Press 1\"
         ben presses 2
         ben is cut off
         hears \"Nobody is there\"
         call ends",
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn phones_that_nobody_answers() {
    play(
        "ben has voicemail saying \"This is Ben's mailbox\" after 3 seconds
         cleo declines
         caller ada
         dial
         cleo's phone rings
         ben hears \"Press 1\"
         ben is cut off
         hears \"Nobody\"
         call ends
         ben's number is dead
         cleo is busy
         dial
         hears \"Nobody\"
         call ends
         ben's phone and cleo's phone do not ring",
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn two_people_press_at_the_same_moment() {
    let mut stage = stage().await;
    let api = Api::of(&stage.world).await;
    let url = format!("{}/ask", stage.world.gateway);
    for to in [BEN, CLEO] {
        api.created("Calls.json", &[("To", to), ("From", NUMBER), ("Url", &url)]).await;
    }
    let script = parse(
        "test.call",
        "ben's phone rings\nben and cleo pick up\nben and cleo hear \"Press 1\"\nben and cleo press 1\n\
         ben and cleo hear \"Thank you\"",
    )
    .unwrap();
    run(&script, &mut stage).await.unwrap();
    let asked = stage.world.seen().into_iter().filter(|seen| seen.path == "/first").count();
    assert_eq!(asked, 2);
}

#[tokio::test]
async fn every_expectation_about_other_people_can_fail() {
    for (steps, problem) in [
        ("dial\nwait 3 seconds\nben's phone does not ring", "it rang"),
        ("dial\nben's phone rings\nben's phone does not ring", "it rings"),
        ("dial\nben's phone rings\nnobody's phone rings", "one rings"),
        ("ben is busy\ndial\nben's phone rings", "it does not ring"),
        ("dial\nben's phone rings\nben's phone rings", "it does not ring"),
        ("ben answers\ndial\nben's phone stops ringing", "it was picked up"),
        ("ben declines after 1 second\ndial\nben's phone stops ringing", "the call was declined"),
        ("ben answers\ndial\nben hears \"Press 2\"", "it was not said until the call ended"),
        ("ben answers\ndial\nben hears \"Press\"\nben does not hear \"1\"", "it was said"),
        ("ben answers\ndial\nben hears \"Press 1\"\nben hangs up\nben is cut off", "they hung up themselves"),
        ("ben answers\ndial\nben presses 2\nben is connected", "they are not"),
        ("ben is busy\ncleo is busy\ndial\nconnected", "nobody else is on the line until the call ended"),
        ("ben is busy\ncleo is busy\ndial\nsays \"Hello\"", "nobody would hear it until the call ended"),
        ("ben answers\ndial\nben hears \"Press 1\"\nben picks up", "it does not ring"),
        ("dial\nben says \"Hello\"", "nobody would hear it"),
        ("bob picks up", "the settings have no phone of `bob`"),
        ("ben's third phone is busy", "the settings have no phone number 3 of `ben`"),
    ] {
        let failure = play(&format!("caller ada\n{steps}")).await.unwrap_err();
        assert!(failure.contains(problem), "{steps}: {failure}");
    }
}
