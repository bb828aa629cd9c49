//! The phone call as one pure state machine: [`step::step`].

pub mod action;
pub mod call;
pub mod caller_id;
pub mod facts;
pub mod hunt;
pub mod input;
pub mod leg;
pub mod menu;
pub mod order;
pub mod phrases;
pub mod plan;
pub mod reading;
pub mod recording;
pub mod ring;
pub mod step;
pub mod story;
