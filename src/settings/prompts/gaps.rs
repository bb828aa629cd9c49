//! The gaps of a text: `{name}` stands for what is filled in when it is said.

use crate::settings::findings::{Findings, nearest};
use std::ops::Range;

/// A piece of a text that is in braces, or should be.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Gap(&'a str),
    NeverClosed,
    NeverOpened,
}

/// Notes every gap that is not of `gaps`, every one of them that is not there, and every brace without its
/// partner. `at` is where the text stands.
pub(super) fn check_gaps(
    text: &str,
    gaps: &[&str],
    at: &Range<usize>,
    key: &str,
    findings: &mut Findings<'_>,
) {
    const IN_PAIRS: &str = "braces go in pairs around the name of a gap";
    let mut named = vec![];
    for piece in pieces(text) {
        match piece {
            Piece::NeverClosed => {
                findings.problem(at, key, "a brace is opened and not closed").hint(IN_PAIRS);
            }
            Piece::NeverOpened => {
                findings.problem(at, key, "a brace is closed and was not opened").hint(IN_PAIRS);
            }
            Piece::Gap(gap) if gaps.contains(&gap) => named.push(gap),
            Piece::Gap(gap) => match nearest(gap.trim(), gaps.iter().copied()) {
                Some(meant) => {
                    let message = format!("unknown gap {{{gap}}}; did you mean {{{meant}}}?");
                    findings.problem(at, key, message);
                    named.push(meant);
                }
                None => {
                    findings.problem(at, key, format!("unknown gap {{{gap}}}")).hint(known(gaps));
                }
            },
        }
    }
    for gap in gaps.iter().filter(|gap| !named.contains(gap)) {
        findings
            .problem(at, key, format!("the gap {{{gap}}} is missing"))
            .hint(format!("write {{{gap}}} where it is to be said"));
    }
}

fn known(gaps: &[&str]) -> String {
    match gaps {
        [] => "this text has no gaps".to_owned(),
        [only] => format!("the gap here is {{{only}}}"),
        [_, _, ..] => {
            let gaps: Vec<_> = gaps.iter().map(|gap| format!("{{{gap}}}")).collect();
            format!("the gaps here are {}", gaps.join(", "))
        }
    }
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = vec![];
    let mut open = None;
    for (at, brace) in text.match_indices(['{', '}']) {
        match (brace, open.take()) {
            ("{", before) => {
                pieces.extend(before.map(|_: usize| Piece::NeverClosed));
                open = Some(at + brace.len());
            }
            (_, Some(start)) => pieces.extend(text.get(start..at).map(Piece::Gap)),
            (_, None) => pieces.push(Piece::NeverOpened),
        }
    }
    pieces.extend(open.map(|_| Piece::NeverClosed));
    pieces
}
