//! Dutyline: one number to call. Who calls is known by the number, chooses a group, leaves a message, and the
//! people on call are told.

pub mod domain;

pub mod twiml;

pub mod ports;

pub mod settings;

pub mod storage;

pub mod app;

pub mod service;

pub mod adapters;

pub mod http;

pub mod worker;

pub mod start;

pub mod exchange;
