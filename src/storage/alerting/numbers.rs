//! The numbers that people call alerts by.

use crate::ports::error::StoreError;
use crate::storage::driver::Driver;
use crate::storage::write::{Write, args};
use std::ops::Range;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Numbers that this process may still give out. They are taken from the database a block at a time, so that no alert
/// waits for another; what is left of a block at the end is never given out.
#[derive(Clone, Default)]
pub(in crate::storage) struct Numbers(Arc<Mutex<Block>>);

#[derive(Default)]
struct Block {
    left: Range<u32>,
    size: u32,
}

/// The first block is small, since what is left of it is lost with every restart; who gives out many takes more.
const SMALLEST: u32 = 16;
const LARGEST: u32 = 1_024;

impl Numbers {
    /// One that nobody has.
    pub(in crate::storage) async fn next(&self, driver: &dyn Driver) -> Result<u32, StoreError> {
        let mut block = self.0.lock().await;
        loop {
            if let Some(number) = block.left.next() {
                return Ok(number);
            }
            let size = block.size.saturating_mul(2).clamp(SMALLEST, LARGEST);
            let sql = "select value from counters where name = 'alert'";
            let rows = driver.few(sql, args![]).await?;
            let given: Option<u32> = rows.first().map(|row| row.count(0)).transpose()?;
            let last = given.unwrap_or_default().saturating_add(size);
            let write = match given {
                Some(given) => Write::new().one(
                    "update counters set value = $2 where name = 'alert' and value = $1",
                    args![given, last],
                ),
                None => {
                    Write::new().one("insert into counters (name, value) values ('alert', $1)", args![last])
                }
            };
            match driver.apply(write).await {
                Ok(()) => {
                    *block = Block {
                        left: given.unwrap_or_default().saturating_add(1)..last.saturating_add(1),
                        size,
                    }
                }
                // Another process was first.
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
    }
}
