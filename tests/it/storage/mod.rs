//! The store: what every database must do alike, and what one of them does in its own way.

mod driver;
mod lanes;
mod sqlite;
