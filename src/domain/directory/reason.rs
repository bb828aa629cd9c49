//! Why somebody is left out, in a word and in a sentence.

use super::Recipient;
use super::person::PersonId;
use std::fmt;

/// Somebody, a group or a schedule that was met and left out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Skipped {
    /// Who.
    pub recipient: Recipient,
    /// Why.
    pub reason: Reason,
}

/// Why somebody is left out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Away, and nobody present stands in.
    Away,
    /// Away; that person was asked in their place.
    AwayReplacedBy(PersonId),
    /// Taken off the schedule by an override.
    Removed,
    /// By an override that person was asked in their place.
    ReplacedBy(PersonId),
    /// Nobody is on by the schedule, or in a group that another system knows, at that moment.
    NotOnCall,
    /// The directory has no such person.
    NoSuchPerson,
    /// The directory has no such group.
    NoSuchGroup,
    /// The directory has no such schedule.
    NoSuchSchedule,
    /// The group contains itself.
    Cycle,
    /// Met before, and already taken care of there.
    Duplicate,
    /// The group's members are known to another system only.
    Elsewhere,
    /// The group has that dynamic team in another system, whose people are not told to us.
    DynamicTeam(String),
    /// The group has that member in another system, and it is of a kind that we do not know.
    Strange(String),
    /// Switched off in the other system.
    Inactive,
    /// The other system that knows could not be asked.
    Unknown,
    /// Has no device of a wanted kind.
    NoDevice,
}

impl Reason {
    /// The word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::AwayReplacedBy(_) => "away_replaced",
            Self::Removed => "removed",
            Self::ReplacedBy(_) => "replaced",
            Self::NotOnCall => "nobody_on_call",
            Self::NoSuchPerson => "no_such_person",
            Self::NoSuchGroup => "no_such_group",
            Self::NoSuchSchedule => "no_such_schedule",
            Self::Cycle => "cycle",
            Self::Duplicate => "met_before",
            Self::Elsewhere => "elsewhere",
            Self::DynamicTeam(_) => "dynamic_team",
            Self::Strange(_) => "strange_member",
            Self::Inactive => "inactive",
            Self::Unknown => "unknown",
            Self::NoDevice => "no_device",
        }
    }
}

/// A sentence without its subject: who it is about stands before it.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away => f.write_str("is away, and nobody present stands in"),
            Self::AwayReplacedBy(other) => write!(f, "is away; {other} stands in"),
            Self::Removed => f.write_str("is taken off the schedule by an override"),
            Self::ReplacedBy(other) => write!(f, "is replaced by {other} by an override"),
            Self::NotOnCall => f.write_str("has nobody on call at that moment"),
            Self::NoSuchPerson | Self::NoSuchGroup | Self::NoSuchSchedule => {
                f.write_str("is not in the directory")
            }
            Self::Cycle => f.write_str("contains itself"),
            Self::Duplicate => f.write_str("was met before"),
            Self::Elsewhere => f.write_str("has its members in another system"),
            Self::DynamicTeam(team) => {
                write!(f, "has the dynamic team {team} in another system, whose people are not told")
            }
            Self::Strange(name) => {
                write!(f, "has the member {name} in another system, and it is not known here what that is")
            }
            Self::Inactive => f.write_str("is switched off in another system"),
            Self::Unknown => f.write_str("is known to another system, which could not be asked"),
            Self::NoDevice => f.write_str("has no device that is wanted"),
        }
    }
}
