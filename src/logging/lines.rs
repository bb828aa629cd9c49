//! Lines on their way to standard error. Whoever logs leaves a line here and goes on; a thread writes what has come
//! together some milliseconds later, all of it at once. A process that is killed loses the lines of these
//! milliseconds, and no other.

use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long lines come together before they are written.
const PAUSE: Duration = Duration::from_millis(5);
/// Bytes that may wait. Where nobody reads the log, lines beyond this are lost and counted: calls go on.
const MOST: usize = 1 << 20;
/// How long the end of the program waits for a log that nobody reads.
const PATIENCE: Duration = Duration::from_secs(2);

/// The lines that wait.
pub(super) struct Lines {
    state: Mutex<State>,
    /// There is a line where there was none.
    came: Condvar,
    /// All that waited has been written.
    went: Condvar,
}

struct State {
    waiting: Vec<u8>,
    /// Whether the thread holds lines that it has not written yet.
    is_writing: bool,
    /// Lines that found no room since the last that did.
    lost: u64,
}

impl Lines {
    /// No line.
    pub(super) const fn new() -> Self {
        let state = State { waiting: Vec::new(), is_writing: false, lost: 0 };
        Self { state: Mutex::new(state), came: Condvar::new(), went: Condvar::new() }
    }

    /// Starts the thread that writes the lines, until the process ends.
    pub(super) fn start(&'static self, to: impl Write + Send + 'static) -> io::Result<()> {
        std::thread::Builder::new().name("log".to_owned()).spawn(move || self.run(to)).map(drop)
    }

    /// Waits until every line has been written; not forever, should nobody take them.
    pub(super) fn finish(&self) {
        let unwritten = |state: &mut State| state.is_writing || !state.waiting.is_empty();
        // A lock that is poisoned, or a log that nobody reads: the program ends all the same.
        drop(self.went.wait_timeout_while(self.state(), PATIENCE, unwritten));
    }

    fn run(&self, mut to: impl Write) {
        let mut lines = Vec::new();
        loop {
            let state = self.state();
            let is_empty = |state: &mut State| state.waiting.is_empty();
            drop(self.came.wait_while(state, is_empty).unwrap_or_else(PoisonError::into_inner));
            std::thread::sleep(PAUSE);
            let mut state = self.state();
            std::mem::swap(&mut lines, &mut state.waiting);
            state.is_writing = true;
            drop(state);
            // There is nowhere left to say that the log can't be written.
            drop(to.write_all(&lines));
            lines.clear();
            self.state().is_writing = false;
            self.went.notify_all();
        }
    }

    fn add(&self, line: &[u8]) {
        let mut state = self.state();
        if state.waiting.len() >= MOST {
            state.lost = state.lost.saturating_add(1);
            return;
        }
        let was_empty = state.waiting.is_empty();
        let lost = std::mem::take(&mut state.lost);
        if lost > 0 {
            let words = format!(" WARN {lost} lines of the log are lost: nobody read it\n");
            state.waiting.extend_from_slice(words.as_bytes());
        }
        state.waiting.extend_from_slice(line);
        drop(state);
        if was_empty {
            self.came.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Each write is one line or some.
impl Write for &Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.add(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Takes nothing until it is told to.
    struct Stuck(Arc<(Mutex<bool>, Condvar)>, Written);

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let (may, told) = &*self.0;
            drop(told.wait_while(may.lock().unwrap(), |may| !*may).unwrap());
            self.1.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_log_that_nobody_reads_holds_up_nobody_and_says_what_it_lost() {
        static LINES: Lines = Lines::new();
        let (gate, written) = (Arc::<(Mutex<bool>, Condvar)>::default(), Written::default());
        LINES.start(Stuck(gate.clone(), written.clone())).unwrap();
        let line = [b'x'; 1023].iter().chain(b"\n").copied().collect::<Vec<_>>();
        for _ in 0..4096 {
            (&LINES).write_all(&line).unwrap();
        }
        *gate.0.lock().unwrap() = true;
        gate.1.notify_all();
        LINES.finish();
        (&LINES).write_all(b"the next\n").unwrap();
        LINES.finish();
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let lost = text.lines().find(|line| line.ends_with("nobody read it")).unwrap();
        assert!(lost.starts_with(" WARN ") && text.ends_with("nobody read it\nthe next\n"), "{lost}");
    }

    #[test]
    fn every_line_is_written_whole_and_each_threads_lines_in_order() {
        static LINES: Lines = Lines::new();
        let written = Written::default();
        LINES.start(written.clone()).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || {
                    for line in 0..500 {
                        (&LINES).write_all(format!("{thread} {line}\n").as_bytes()).unwrap();
                    }
                });
            }
        });
        LINES.finish();
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        for thread in 0..4 {
            let begin = format!("{thread} ");
            let lines: Vec<_> = text.lines().filter_map(|line| line.strip_prefix(&begin)).collect();
            let expected: Vec<_> = (0..500).map(|line| line.to_string()).collect();
            assert_eq!(lines, expected);
        }
    }
}
